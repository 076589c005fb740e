package culvert.proxy.audit;

import static culvert.proxy.audit.AuditedJobs.CARRIER;
import static culvert.proxy.audit.AuditedJobs.SERVER;
import static culvert.proxy.audit.AuditedJobs.request;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** By which way a job went, by whose word, and where to. */
class AuditedRoutesTest {
  private final AuditedJobs audited = new AuditedJobs();

  @Test
  void plaintextInPlaceOfATunnelSaysSoOfItsData() {
    Story control = audited.begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    Story up = audited.data(control, 1);
    up.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    up.fromClient(10);
    control.transferAnswered(7, 226);
    up.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("fallback", "transfer.ended", "job.ended");
    assertThat(audited.events())
        .allSatisfy(
            event ->
                assertThat(event.fields())
                    .containsEntry("route", "plaintext")
                    .containsEntry("why", "unreachable")
                    .doesNotContainKey("ssh"));
    assertThat(audited.last())
        .containsEntry("encrypted", false)
        .containsEntry("files", Map.of("up", 1L, "down", 0L));
  }

  @Test
  void plaintextByTheRuleSaysThat() {
    Story relayed = audited.start(request("host.example", 80));
    relayed.routed(request("host.example", 80), "default-action", "direct");
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.fromClient(3);
    relayed.toClient(4);
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("job.ended");
    assertThat(audited.last())
        .containsEntry("route", "plaintext")
        .containsEntry("why", "rule")
        .containsEntry("bytes", Map.of("up", 3L, "down", 4L))
        .doesNotContainKeys("files", "ftp", "ssh");
  }

  @Test
  void aJobThatWasInPlaintextOnceSaysWhyThoughItGoesOnInATunnel() {
    Story control = audited.begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.destinationNamed(request("other.example", 21), "other", "ftp-tunnel");
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("route", "plaintext")
        .containsEntry("why", "unreachable")
        .containsEntry("encrypted", false);
  }

  @Test
  void aJobWhoseNextUserGoesInPlaintextIsNotTunnelledFromThere() {
    Story control = audited.tunnelled();
    control.fellBack(FallbackReason.AUTH_FAILED, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.AUTH_FAILED));
    control.ended(EndReason.COMPLETED, "");

    assertThat(control.route()).isEqualTo(TakenRoute.PLAINTEXT);
    assertThat(audited.last())
        .containsEntry("route", "plaintext")
        .containsEntry("encrypted", false)
        .containsEntry("why", "auth-failed");
  }

  @Test
  void aClientOfARemoteTunnelHasComeBySshWhereverItGoes() {
    Story relayed = audited.start(request("ftp.example", 21));
    relayed.tunnelled(new SshCarrier("gate:22", "batch", Optional.empty()));
    relayed.routed(request("ftp.example", 21), "fixed-tunnel", "direct");
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(audited.last()).containsEntry("route", "ssh").containsEntry("encrypted", true);
  }

  @Test
  void aJobThatWasTunnelledIsNotRefusedByWhatItAskedForLater() {
    Story control = audited.tunnelled();
    control.destinationNamed(request("other.example", 21), "other", "block");
    control.refused(RefusedWhy.RULE, "blocked by rule");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("route", "ssh")
        .containsEntry("encrypted", true)
        .containsKey("ssh")
        .doesNotContainKey("why");
  }

  @Test
  void aRefusedTransfersReasonIsItsOwn() {
    Story control = audited.begin();
    control.refused(RefusedWhy.LOGIN, "wrong password");
    control.tunnelled(CARRIER); // another one was right
    Story data = audited.data(control, 1);
    data.ended(EndReason.UPSTREAM_FAILED, "channel: refused");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("refused", "transfer.ended", "job.ended");
    assertThat(audited.last()).containsEntry("route", "ssh").containsEntry("outcome", "ok");
    assertThat(audited.events().get(1).fields())
        .containsEntry("route", "refused")
        .containsEntry("encrypted", false)
        .containsEntry("why", "upstream-failed")
        .containsEntry("outcome", "refused")
        .doesNotContainKey("ssh");
  }

  @Test
  void whatTheClientHasNamedSinceIsTheDestination() {
    Story control = audited.start(request("gateway.example", 21));
    control.routed(request("gateway.example", 21), "named", "ftp-tunnel");
    control.destinationNamed(request("ftp.example", 2121), "jobs", "ftp-tunnel");
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry(
            "destination",
            Map.of("asked", "gateway.example:21", "host", "ftp.example", "port", 2121))
        .containsEntry("rule", "jobs");
  }

  @Test
  void whatWasConnectedIsAnAddressOfTheDestination() {
    Story relayed = audited.start(request("host.example", 80));
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.ended(EndReason.COMPLETED, "");

    assertThat(audited.last().get("destination").toString()).contains("addresses=[192.0.2.21]");
  }

  @Test
  void aJobThatWasInPlaintextOnceNamesTheRuleAndTheServerThatItWasSoWith() {
    Story control = audited.begin();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    AuditedJobs.elsewhere(control, "strict", "ftp-tunnel", "amy@other.example").tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("route", "plaintext")
        .containsEntry("rule", "jobs")
        .containsEntry("ftp", Map.of("user", "batch"));
    assertThat(audited.last().get("destination").toString())
        .contains("host=ftp.example", "address=192.0.2.21");
  }

  @Test
  void aJobThatWentOnToPlaintextNamesTheRuleAndTheServerOfThat() {
    Story control = audited.tunnelled();
    AuditedJobs.elsewhere(control, "open", "direct", "amy@other.example")
        .inPlaintext(SERVER, Optional.empty());
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("route", "plaintext")
        .containsEntry("rule", "open")
        .containsEntry("action", "direct")
        .containsEntry("ftp", Map.of("user", "amy@other.example"));
    assertThat(audited.last().get("destination").toString()).contains("host=other.example");
  }

  @Test
  void aJobThatWasTunnelledNamesTheRuleOfThatAndNotOfWhatWasRefusedLater() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);
    AuditedJobs.elsewhere(control, "blocked", "block", "joe@other.example")
        .refused(RefusedWhy.RULE, "blocked by rule");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("transfer.ended", "refused", "job.ended");
    assertThat(audited.last())
        .containsEntry("route", "ssh")
        .containsEntry("rule", "jobs")
        .containsEntry("action", "ftp-tunnel")
        .containsEntry("ftp", Map.of("user", "batch"))
        .containsEntry("outcome", "ok"); // refused is what has moved nothing
  }

  @Test
  void aTransferHasTheRuleAndTheUserThatItBeganWith() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    AuditedJobs.elsewhere(control, "open", "direct", "amy@other.example");
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);

    assertThat(audited.last())
        .containsEntry("route", "ssh")
        .containsEntry("rule", "jobs")
        .containsEntry("action", "ftp-tunnel");
    assertThat(audited.last().get("ftp").toString()).contains("user=batch");
  }
}
