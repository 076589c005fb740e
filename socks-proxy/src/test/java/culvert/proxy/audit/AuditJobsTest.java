package culvert.proxy.audit;

import static culvert.proxy.audit.AuditedJobs.SERVER;
import static culvert.proxy.audit.AuditedJobs.request;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.Story;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the trail tells of a job, and when. */
class AuditJobsTest {
  private AuditedJobs audited = new AuditedJobs();

  @Test
  void aTunnelledJobTellsOfItsTransfersAndThenOfItself() {
    Story control = audited.tunnelled();
    Story down = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "a b.txt"));
    down.toClient(1_000);
    down.ended(EndReason.COMPLETED, "");
    assertThat(audited.events()).isEmpty(); // the server's word is to come
    control.transferAnswered(7, 226);

    assertThat(audited.names()).containsExactly("transfer.ended");
    assertThat(audited.last())
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
    assertThat(audited.names()).containsExactly("transfer.ended", "job.ended");
    assertThat(audited.last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 1_000L))
        .containsEntry("files", Map.of("up", 0L, "down", 1L))
        .containsEntry("outcome", "ok")
        .containsEntry("config", "0123456789abcdef");
  }

  @Test
  void commandsAreNoDataWhereNobodyHasLoggedIn() {
    Story control = audited.start(request("ftp.example", 21));
    control.routed(request("ftp.example", 21), "jobs", "ftp-tunnel");
    control.ftpBegins();
    control.inPlaintext(SERVER, Optional.empty());
    control.fromClient(6);
    control.toClient(90);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 0L))
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void theJobEndsBehindAllOfItsTransfers() {
    Story control = audited.tunnelled();
    Story up = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    control.ended(EndReason.CLIENT_ABORTED, "gone");
    assertThat(audited.events()).isEmpty();
    up.fromClient(10);
    up.ended(EndReason.CLIENT_ABORTED, "gone");

    assertThat(audited.names()).containsExactly("transfer.ended", "job.ended");
    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(audited.last())
        .containsEntry("outcome", "aborted")
        .containsEntry("bytes", Map.of("up", 10L, "down", 0L))
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void refusalsAreToldAsTheyComeAndTheJobsEndAfterThem() {
    Story control = audited.begin();
    control.refused(RefusedWhy.LOGIN, "refused");
    control.refused(RefusedWhy.HOST_KEY, "changed");
    control.ended(EndReason.UPSTREAM_FAILED, "changed");

    assertThat(audited.names()).containsExactly("refused", "refused", "job.ended");
    assertThat(audited.events().stream().map(event -> event.code().code()))
        .containsExactly("CV2002", "CV2003", "CV1001");
    assertThat(audited.last())
        .containsEntry("route", "refused")
        .containsEntry("why", "host-key")
        .containsEntry("outcome", "refused")
        .containsEntry("encrypted", false);
  }

  @Test
  void whatIsOpenWhenNothingMoreIsToldHasBeenBrokenOff() {
    Story control = audited.tunnelled();
    Story done = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(1, 1, "RETR", "whole"));
    done.toClient(3);
    done.ended(EndReason.COMPLETED, "");
    control.transferAnswered(1, 226);
    Story data = audited.tunnelledData(control, 2);
    control.transferAsked(new FtpTransfer(2, 2, "RETR", "big"));
    data.toClient(10);
    Story unseen = audited.begin();
    unseen.ownerAsked();
    unseen.ended(EndReason.COMPLETED, "");
    audited.close();
    audited.close();

    assertThat(audited.names())
        .containsExactlyInAnyOrder("transfer.ended", "transfer.ended", "job.ended", "job.ended");
    assertThat(
            audited.events().stream()
                .map(AuditEvent::fields)
                .filter(fields -> fields.get("job").equals(control.job().toString()))
                .map(fields -> fields.get("outcome")))
        .containsExactly("ok", "aborted", "aborted");
  }

  @Test
  void aTrailOfThousandsOfFilesKeepsNothingOfThem() {
    Story control = audited.tunnelled();
    for (int i = 1; i <= 5_000; i++) {
      Story data = audited.tunnelledData(control, i);
      control.transferAsked(new FtpTransfer(i, i, "RETR", "f" + i));
      data.toClient(2);
      data.ended(EndReason.COMPLETED, "");
      control.transferAnswered(i, 226);
    }
    assertThat(audited.events()).hasSize(5_000);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("bytes", Map.of("up", 0L, "down", 10_000L))
        .containsEntry("files", Map.of("up", 0L, "down", 5_000L));
  }

  @Test
  void theConfigurationIsTheOneThatTheJobBeganWith() {
    Story control = audited.tunnelled();
    audited.configured("fedcba9876543210");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last()).containsEntry("config", "0123456789abcdef");
  }

  @Test
  void dataBehindTheEndOfTheirJobAreToldAllTheSame() {
    Story control = audited.tunnelled();
    control.ended(EndReason.COMPLETED, "");
    Story late = audited.tunnelledData(control, 1);
    late.toClient(5);
    late.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("job.ended", "transfer.ended");
    assertThat(audited.last())
        .containsEntry("job", control.job().toString())
        .containsEntry("bytes", Map.of("up", 0L, "down", 5L));
  }

  @Test
  void namesOfFilesAreToldOnlyWhereTheyMayBe() {
    audited = AuditedJobs.withoutPaths();
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "secret.txt"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().toString()).doesNotContain("secret.txt");
  }

  @Test
  void passwordsThatStandWhereNoneBelongsAreLeftOut() {
    Story control = audited.tunnelled();
    control.ftpUser("joe:sesame@ftp.example");
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "ftp://joe:ses@me@ftp.example/a:b@c.txt"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "no ftp://joe:ses/a me@ftp.example");
    control.refused(RefusedWhy.UNREACHABLE, "unknown: joe:sesame@ftp.example");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().toString())
        .doesNotContain("sesame", "ses@me", "ses/a me")
        .contains("ftp://joe:***@c.txt", "joe:***@ftp.example");
  }
}
