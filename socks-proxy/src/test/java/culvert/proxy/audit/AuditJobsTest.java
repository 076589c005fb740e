package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.Jobs;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Stories;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import culvert.ssh.SshSecurity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuditJobsTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);
  private static final InetAddress SERVER = new InetSocketAddress("192.0.2.21", 21).getAddress();
  private static final SshCarrier CARRIER =
      new SshCarrier(
          "gate:22",
          "batch",
          Optional.of(new SshSecurity("password", "ssh-ed25519 SHA256:x", "mlkem", "aes")));

  private final List<AuditEvent> events = new ArrayList<>();
  private final AtomicLong nanoTime = new AtomicLong();
  private final AuditLog log =
      new AuditLog() {
        @Override
        public void record(AuditEvent event) {
          events.add(event);
        }

        @Override
        public Runnable whenRoom(Runnable task) {
          return NONE.whenRoom(task);
        }
      };
  private String config = "0123456789abcdef";
  private Jobs jobs;
  private Stories stories = stories(true);

  private Stories stories(boolean paths) {
    jobs = new Jobs(List.of(new AuditJobs(log, () -> Events.TIME, paths)), () -> config);
    return new Stories(nanoTime::get, List.of(jobs));
  }

  private static ConnectionRequest request(String host, int port) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), port, CLIENT.getAddress(), "socks");
  }

  private Story begin() {
    Story control = stories.start(CLIENT, Optional.of("joe"), request("ftp.example", 21), () -> {});
    control.routed(request("ftp.example", 21), "jobs", "ftp-tunnel");
    control.ftpBegins();
    control.ftpUser("batch");
    return control;
  }

  private Story tunnelled() {
    Story control = begin();
    control.tunnelled(CARRIER);
    return control;
  }

  private Story tunnelledData(Story control, int request) {
    Story data = data(control, request);
    data.tunnelled(CARRIER);
    return data;
  }

  private Story data(Story control, int request) {
    Story data = stories.start(CLIENT, Optional.empty(), request("ftp.example", 40_001), () -> {});
    data.belongsTo(control.job(), request);
    data.routed(request("ftp.example", 40_001), "ftp-data", "ftp-tunnel");
    return data;
  }

  private List<String> names() {
    return events.stream().map(event -> event.code().event()).toList();
  }

  private Map<String, Object> last() {
    return events.get(events.size() - 1).fields();
  }

  @Test
  void aTunnelledJobTellsOfItsTransfersAndThenOfItself() {
    Story control = tunnelled();
    Story down = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "a b.txt"));
    down.toClient(1_000);
    down.ended(EndReason.COMPLETED, "");
    assertThat(events).isEmpty(); // the server's word is to come
    control.transferAnswered(7, 226);

    assertThat(names()).containsExactly("transfer.ended");
    assertThat(last())
        .containsEntry("job", control.job().toString())
        .containsEntry("transfer", down.id().toString())
        .containsEntry("route", "ssh")
        .containsEntry("encrypted", true)
        .containsEntry("outcome", "ok")
        .containsEntry("rule", "jobs")
        .containsEntry("bytes", Map.of("up", 0L, "down", 1_000L))
        .containsEntry(
            "ftp", Map.of("user", "batch", "command", "RETR", "path", "a b.txt", "reply", 226))
        .containsEntry(
            "ssh",
            Map.of(
                "server", "gate:22",
                "user", "batch",
                "method", "password",
                "host_key", "ssh-ed25519 SHA256:x",
                "kex", "mlkem",
                "cipher", "aes"))
        .doesNotContainKey("why");

    control.fromClient(55); // commands are no data
    control.ended(EndReason.COMPLETED, "");
    assertThat(names()).containsExactly("transfer.ended", "job.ended");
    assertThat(last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 1_000L))
        .containsEntry("files", Map.of("up", 0L, "down", 1L))
        .containsEntry("outcome", "ok")
        .containsEntry("config", "0123456789abcdef");
  }

  @Test
  void commandsAreNoDataWhereNobodyHasLoggedIn() {
    Story control = stories.start(CLIENT, Optional.empty(), request("ftp.example", 21), () -> {});
    control.routed(request("ftp.example", 21), "jobs", "ftp-tunnel");
    control.ftpBegins();
    control.inPlaintext(SERVER, Optional.empty());
    control.fromClient(6);
    control.toClient(90);
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 0L))
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void theJobEndsBehindAllOfItsTransfers() {
    Story control = tunnelled();
    Story up = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    control.ended(EndReason.CLIENT_ABORTED, "gone");
    assertThat(events).isEmpty();
    up.fromClient(10);
    up.ended(EndReason.CLIENT_ABORTED, "gone");

    assertThat(names()).containsExactly("transfer.ended", "job.ended");
    assertThat(events.get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(last())
        .containsEntry("outcome", "aborted")
        .containsEntry("bytes", Map.of("up", 10L, "down", 0L))
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void plaintextInPlaceOfATunnelSaysSoOfItsData() {
    Story control = begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    Story up = data(control, 1);
    up.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    up.fromClient(10);
    control.transferAnswered(7, 226);
    up.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("fallback", "transfer.ended", "job.ended");
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.fields())
                    .containsEntry("route", "plaintext")
                    .containsEntry("why", "unreachable")
                    .doesNotContainKey("ssh"));
    assertThat(last())
        .containsEntry("encrypted", false)
        .containsEntry("files", Map.of("up", 1L, "down", 0L));
  }

  @Test
  void plaintextByTheRuleSaysThat() {
    Story relayed = stories.start(CLIENT, Optional.empty(), request("host.example", 80), () -> {});
    relayed.routed(request("host.example", 80), "default-action", "direct");
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.fromClient(3);
    relayed.toClient(4);
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("job.ended");
    assertThat(last())
        .containsEntry("route", "plaintext")
        .containsEntry("why", "rule")
        .containsEntry("bytes", Map.of("up", 3L, "down", 4L))
        .doesNotContainKeys("files", "ftp", "ssh");
  }

  @Test
  void refusalsAreToldAsTheyComeAndTheJobsEndAfterThem() {
    Story control = begin();
    control.refused(RefusedWhy.LOGIN, "refused");
    control.refused(RefusedWhy.HOST_KEY, "changed");
    control.ended(EndReason.UPSTREAM_FAILED, "changed");

    assertThat(names()).containsExactly("refused", "refused", "job.ended");
    assertThat(events.stream().map(event -> event.code().code()))
        .containsExactly("CV2002", "CV2003", "CV1001");
    assertThat(last())
        .containsEntry("route", "refused")
        .containsEntry("why", "host-key")
        .containsEntry("outcome", "refused")
        .containsEntry("encrypted", false);
  }

  @Test
  void theServersRefusalOfAFileIsATransfersButNotTheJobs() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "none"));
    control.transferAnswered(7, 550);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "refused");
    assertThat(last()).containsEntry("outcome", "ok");
  }

  @Test
  void aFileThatItsClientHasBrokenOffIsAbortedWhateverTheServerSays() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.CLIENT_ABORTED, "reset");
    control.transferAnswered(7, 426);
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(last()).containsEntry("outcome", "aborted");
  }

  @Test
  void aFileThatTheServerCouldNotTakeWholeIsTruncated() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 452);
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void dataOfWhichNobodyKnowsWhatForHaveTheNextCommand() {
    Story control = tunnelled();
    Story data = tunnelledData(control, -1);
    control.transferAsked(new FtpTransfer(7, 3, "NLST", ""));
    control.transferAnswered(7, 226);
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("ftp", Map.of("user", "batch", "command", "NLST", "reply", 226));
  }

  @Test
  void theJobsEndWaitsUntilItIsKnownWhoHasRunIt() {
    Story control = begin();
    control.ownerAsked();
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");
    assertThat(events).isEmpty();
    control.ownedBy(new ClientProgram(Set.of("1000", "batch"), List.of("python3", "job.py")));

    assertThat(last())
        .containsEntry(
            "client",
            Map.of(
                "address", "192.0.2.7",
                "port", 40_000,
                "os_user", "batch",
                "program", "python3",
                "programs", List.of("python3", "job.py"),
                "socks_user", "joe"));
  }

  @Test
  void whoCannotBeSeenIsUnknown() {
    Story control = begin();
    control.ended(EndReason.CLIENT_ABORTED, "gone");

    assertThat(last().get("client"))
        .isEqualTo(
            Map.of(
                "address", "192.0.2.7",
                "port", 40_000,
                "os_user", "unknown",
                "program", "unknown",
                "socks_user", "joe"));
    assertThat(last()).containsEntry("why", "client-aborted").containsEntry("outcome", "aborted");
  }

  @Test
  void dataBehindTheEndOfTheirJobAreToldAllTheSame() {
    Story control = tunnelled();
    control.ended(EndReason.COMPLETED, "");
    Story late = tunnelledData(control, 1);
    late.toClient(5);
    late.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("job.ended", "transfer.ended");
    assertThat(last())
        .containsEntry("job", control.job().toString())
        .containsEntry("bytes", Map.of("up", 0L, "down", 5L));
  }

  @Test
  void namesOfFilesAreToldOnlyWhereTheyMayBe() {
    stories = stories(false);
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "secret.txt"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.toString()).doesNotContain("secret.txt");
  }

  @Test
  void whatTheClientHasNamedSinceIsTheDestination() {
    Story control =
        stories.start(CLIENT, Optional.empty(), request("gateway.example", 21), () -> {});
    control.routed(request("gateway.example", 21), "named", "ftp-tunnel");
    control.destinationNamed(request("ftp.example", 2121), "jobs", "ftp-tunnel");
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry(
            "destination",
            Map.of("asked", "gateway.example:21", "host", "ftp.example", "port", 2121))
        .containsEntry("rule", "jobs");
  }

  @Test
  void aTrailOfThousandsOfFilesKeepsNothingOfThem() {
    Story control = tunnelled();
    for (int i = 1; i <= 5_000; i++) {
      Story data = tunnelledData(control, i);
      control.transferAsked(new FtpTransfer(i, i, "RETR", "f" + i));
      data.toClient(2);
      data.ended(EndReason.COMPLETED, "");
      control.transferAnswered(i, 226);
    }
    assertThat(events).hasSize(5_000);
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 10_000L))
        .containsEntry("files", Map.of("up", 0L, "down", 5_000L));
  }

  @Test
  void whatIsOpenWhenNothingMoreIsToldHasBeenBrokenOff() {
    Story control = tunnelled();
    Story done = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(1, 1, "RETR", "whole"));
    done.toClient(3);
    done.ended(EndReason.COMPLETED, "");
    control.transferAnswered(1, 226);
    Story data = tunnelledData(control, 2);
    control.transferAsked(new FtpTransfer(2, 2, "RETR", "big"));
    data.toClient(10);
    Story unseen = begin();
    unseen.ownerAsked();
    unseen.ended(EndReason.COMPLETED, "");
    jobs.close();
    jobs.close();

    assertThat(names())
        .containsExactlyInAnyOrder("transfer.ended", "transfer.ended", "job.ended", "job.ended");
    assertThat(
            events.stream()
                .map(AuditEvent::fields)
                .filter(fields -> fields.get("job").equals(control.job().toString()))
                .map(fields -> fields.get("outcome")))
        .containsExactly("ok", "aborted", "aborted");
  }

  @Test
  void aJobThatWasInPlaintextOnceSaysWhyThoughItGoesOnInATunnel() {
    Story control = begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.destinationNamed(request("other.example", 21), "other", "ftp-tunnel");
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("route", "plaintext")
        .containsEntry("why", "unreachable")
        .containsEntry("encrypted", false);
  }

  @Test
  void aJobWhoseNextUserGoesInPlaintextIsNotTunnelledFromThere() {
    Story control = tunnelled();
    control.fellBack(FallbackReason.AUTH_FAILED, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.AUTH_FAILED));
    control.ended(EndReason.COMPLETED, "");

    assertThat(control.route()).isEqualTo(TakenRoute.PLAINTEXT);
    assertThat(last())
        .containsEntry("route", "plaintext")
        .containsEntry("encrypted", false)
        .containsEntry("why", "auth-failed");
  }

  @Test
  void aClientOfARemoteTunnelHasComeBySshWhereverItGoes() {
    Story relayed = stories.start(CLIENT, Optional.empty(), request("ftp.example", 21), () -> {});
    relayed.tunnelled(new SshCarrier("gate:22", "batch", Optional.empty()));
    relayed.routed(request("ftp.example", 21), "fixed-tunnel", "direct");
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(last()).containsEntry("route", "ssh").containsEntry("encrypted", true);
  }

  @Test
  void aJobThatWasTunnelledIsNotRefusedByWhatItAskedForLater() {
    Story control = tunnelled();
    control.destinationNamed(request("other.example", 21), "other", "block");
    control.refused(RefusedWhy.RULE, "blocked by rule");
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("route", "ssh")
        .containsEntry("encrypted", true)
        .containsKey("ssh")
        .doesNotContainKey("why");
  }

  @Test
  void anUploadOfWhichTheServerHasSaidNothingIsNoWholeFile() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.UPSTREAM_ABORTED, "reset");

    assertThat(events.get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void aFileWhoseReplyTheServerHasLeftOutIsNoWholeFile() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 0); // and the client is told a 426
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void aFileOfWhichASessionThatEndsInOrderHasSaidNothingIsNoWholeFile() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(last()).containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void dataOfWhichNobodyKnowsWhatForAreNotThoseOfACommandThatFailed() {
    Story control = tunnelled();
    control.transferAsked(new FtpTransfer(1, 1, "RETR", "none"));
    control.transferAnswered(1, 550);
    control.transferAsked(new FtpTransfer(2, 2, "RETR", "x"));
    Story data = tunnelledData(control, -1);
    control.transferAnswered(2, 226);
    data.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry(
            "ftp", Map.of("user", "batch", "command", "RETR", "path", "x", "reply", 226));
  }

  @Test
  void passwordsThatStandWhereNoneBelongsAreLeftOut() {
    Story control = tunnelled();
    control.ftpUser("joe:sesame@ftp.example");
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "ftp://joe:ses@me@ftp.example/a:b@c.txt"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "no ftp://joe:ses/a me@ftp.example");
    control.refused(RefusedWhy.UNREACHABLE, "unknown: joe:sesame@ftp.example");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.toString())
        .doesNotContain("sesame", "ses@me", "ses/a me")
        .contains("ftp://joe:***@c.txt", "joe:***@ftp.example");
  }

  @Test
  void theConfigurationIsTheOneThatTheJobBeganWith() {
    Story control = tunnelled();
    config = "fedcba9876543210";
    control.ended(EndReason.COMPLETED, "");

    assertThat(last()).containsEntry("config", "0123456789abcdef");
  }

  @Test
  void whatWasConnectedIsAnAddressOfTheDestination() {
    Story relayed = stories.start(CLIENT, Optional.empty(), request("host.example", 80), () -> {});
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(last().get("destination").toString()).contains("addresses=[192.0.2.21]");
  }

  @Test
  void whatIsToldBeforeItIsKnownWhoHasRunItWaitsForThat() {
    Story control = begin();
    control.ownerAsked();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    Story data = data(control, 1);
    data.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    assertThat(events).isEmpty();
    control.ownedBy(new ClientProgram(Set.of("batch"), List.of("python3")));
    control.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("fallback", "transfer.ended", "job.ended");
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.fields().get("client").toString()).contains("program=python3"));
  }

  @Test
  void whatIsToldMeanwhileKeepsItsOrderHoweverMuchItIs() {
    Story control = tunnelled();
    control.ownerAsked();
    List<String> files = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      files.add("f" + i);
      Story data = tunnelledData(control, i);
      control.transferAsked(new FtpTransfer(i, i, "RETR", "f" + i));
      data.ended(EndReason.COMPLETED, "");
      control.transferAnswered(i, 226);
    }
    control.ended(EndReason.COMPLETED, "");
    control.ownedBy(new ClientProgram(Set.of("batch"), List.of("python3")));

    assertThat(names().subList(0, 200)).containsOnly("transfer.ended");
    assertThat(events.subList(0, 200))
        .extracting(event -> ((Map<?, ?>) event.fields().get("ftp")).get("path"))
        .isEqualTo(files);
    assertThat(names().subList(200, 201)).containsExactly("job.ended");
    assertThat(last().get("client").toString()).contains("program=python3");
  }

  @Test
  void aRefusedTransfersReasonIsItsOwn() {
    Story control = begin();
    control.refused(RefusedWhy.LOGIN, "wrong password");
    control.tunnelled(CARRIER); // another one was right
    Story data = data(control, 1);
    data.ended(EndReason.UPSTREAM_FAILED, "channel: refused");
    control.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("refused", "transfer.ended", "job.ended");
    assertThat(last()).containsEntry("route", "ssh").containsEntry("outcome", "ok");
    assertThat(events.get(1).fields())
        .containsEntry("route", "refused")
        .containsEntry("encrypted", false)
        .containsEntry("why", "upstream-failed")
        .containsEntry("outcome", "refused")
        .doesNotContainKey("ssh");
  }

  @Test
  void whoWasLetInIsTheUserAndNotWhoIsRefusedLater() {
    Story control = tunnelled();
    control.ftpLoggedIn("batch");
    control.ftpUser("root");
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events)
        .allSatisfy(
            event -> assertThat(event.fields().get("ftp").toString()).contains("user=batch"));
  }

  @Test
  void whereNobodyWasLetInTheUserIsWhoWasNamedLast() {
    Story control = tunnelled();
    control.ftpUser("joe");
    control.ended(EndReason.COMPLETED, "");

    assertThat(last()).containsEntry("ftp", Map.of("user", "joe"));
  }

  @Test
  void whoWasLetInAtOneServerIsNotTheUserOfTheNext() {
    Story control = tunnelled();
    control.ftpUser("joe");
    control.ftpLoggedIn("joe");
    elsewhere(control, "blocked", "block", "amy@other.example")
        .refused(RefusedWhy.RULE, "blocked by rule");
    assertThat(control.ftpUser()).contains("amy@other.example");
    control.ended(EndReason.COMPLETED, "");

    assertThat(last()).containsEntry("route", "ssh").containsEntry("ftp", Map.of("user", "joe"));
  }

  private Story elsewhere(Story control, String rule, String action, String user) {
    control.ftpUser(user);
    control.destinationNamed(request("other.example", 21), rule, action);
    return control;
  }

  @Test
  void aJobThatWasInPlaintextOnceNamesTheRuleAndTheServerThatItWasSoWith() {
    Story control = begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    elsewhere(control, "strict", "ftp-tunnel", "amy@other.example").tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("route", "plaintext")
        .containsEntry("rule", "jobs")
        .containsEntry("ftp", Map.of("user", "batch"));
    assertThat(last().get("destination").toString())
        .contains("host=ftp.example", "address=192.0.2.21");
  }

  @Test
  void aJobThatWentOnToPlaintextNamesTheRuleAndTheServerOfThat() {
    Story control = tunnelled();
    elsewhere(control, "open", "direct", "amy@other.example").inPlaintext(SERVER, Optional.empty());
    control.ended(EndReason.COMPLETED, "");

    assertThat(last())
        .containsEntry("route", "plaintext")
        .containsEntry("rule", "open")
        .containsEntry("action", "direct")
        .containsEntry("ftp", Map.of("user", "amy@other.example"));
    assertThat(last().get("destination").toString()).contains("host=other.example");
  }

  @Test
  void aJobThatWasTunnelledNamesTheRuleOfThatAndNotOfWhatWasRefusedLater() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);
    elsewhere(control, "blocked", "block", "joe@other.example")
        .refused(RefusedWhy.RULE, "blocked by rule");
    control.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("transfer.ended", "refused", "job.ended");
    assertThat(last())
        .containsEntry("route", "ssh")
        .containsEntry("rule", "jobs")
        .containsEntry("action", "ftp-tunnel")
        .containsEntry("ftp", Map.of("user", "batch"))
        .containsEntry("outcome", "ok"); // refused is what has moved nothing
  }

  @Test
  void aTransferHasTheRuleAndTheUserThatItBeganWith() {
    Story control = tunnelled();
    Story data = tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    elsewhere(control, "open", "direct", "amy@other.example");
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);

    assertThat(last())
        .containsEntry("route", "ssh")
        .containsEntry("rule", "jobs")
        .containsEntry("action", "ftp-tunnel");
    assertThat(last().get("ftp").toString()).contains("user=batch");
  }

  @Test
  void anUnusedDataConnectionMakesNoJobAborted() {
    Story control = tunnelled();
    tunnelledData(control, 1).ended(EndReason.CLIENT_ABORTED, "reset");
    control.ended(EndReason.COMPLETED, "");

    assertThat(events.get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(last()).containsEntry("outcome", "ok");
  }

  @Test
  void whereNothingCanBeReadTransfersAreToldAsTheyEnd() {
    Story control = tunnelled();
    control.ftpUnreadable();
    Story first = tunnelledData(control, -1);
    first.toClient(10);
    first.ended(EndReason.COMPLETED, "");

    assertThat(names()).containsExactly("transfer.ended");
    assertThat(last())
        .containsEntry("outcome", "ok")
        .containsEntry("bytes", Map.of("up", 0L, "down", 10L));
  }

  @Test
  void dataConnectionsThatNobodyAsksAnythingOfDoNotPileUp() {
    Story control = tunnelled();
    for (int i = 1; i <= 1_000; i++) {
      tunnelledData(control, i).ended(EndReason.COMPLETED, "");
    }

    assertThat(events).hasSizeGreaterThan(900);
    control.ended(EndReason.COMPLETED, "");
    assertThat(events).hasSize(1_001);
  }
}
