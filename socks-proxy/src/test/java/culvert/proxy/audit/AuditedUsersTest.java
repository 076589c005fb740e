package culvert.proxy.audit;

import static culvert.proxy.audit.AuditedJobs.CARRIER;
import static culvert.proxy.audit.AuditedJobs.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.FallbackReason;
import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.Story;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who has run a job, and as whom. */
class AuditedUsersTest {
  private final AuditedJobs audited = new AuditedJobs();

  @Test
  void theJobsEndWaitsUntilItIsKnownWhoHasRunIt() {
    Story control = audited.begin();
    control.ownerAsked();
    control.tunnelled(CARRIER);
    control.ended(EndReason.COMPLETED, "");
    assertThat(audited.events()).isEmpty();
    control.ownedBy(new ClientProgram(Set.of("1000", "batch"), List.of("python3", "job.py")));

    assertThat(audited.last())
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
    Story control = audited.begin();
    control.ended(EndReason.CLIENT_ABORTED, "gone");

    assertThat(audited.last().get("client"))
        .isEqualTo(
            Map.of(
                "address", "192.0.2.7",
                "port", 40_000,
                "os_user", "unknown",
                "program", "unknown",
                "socks_user", "joe"));
    assertThat(audited.last())
        .containsEntry("why", "client-aborted")
        .containsEntry("outcome", "aborted");
  }

  @Test
  void whatIsToldBeforeItIsKnownWhoHasRunItWaitsForThat() {
    Story control = audited.begin();
    control.ownerAsked();
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    Story data = audited.data(control, 1);
    data.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    assertThat(audited.events()).isEmpty();
    control.ownedBy(new ClientProgram(Set.of("batch"), List.of("python3")));
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("fallback", "transfer.ended", "job.ended");
    assertThat(audited.events())
        .allSatisfy(
            event ->
                assertThat(event.fields().get("client").toString()).contains("program=python3"));
  }

  @Test
  void whatIsToldMeanwhileKeepsItsOrderHoweverMuchItIs() {
    Story control = audited.tunnelled();
    control.ownerAsked();
    List<String> files = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      files.add("f" + i);
      Story data = audited.tunnelledData(control, i);
      control.transferAsked(new FtpTransfer(i, i, "RETR", "f" + i));
      data.ended(EndReason.COMPLETED, "");
      control.transferAnswered(i, 226);
    }
    control.ended(EndReason.COMPLETED, "");
    control.ownedBy(new ClientProgram(Set.of("batch"), List.of("python3")));

    assertThat(audited.names().subList(0, 200)).containsOnly("transfer.ended");
    assertThat(audited.events().subList(0, 200))
        .extracting(event -> ((Map<?, ?>) event.fields().get("ftp")).get("path"))
        .isEqualTo(files);
    assertThat(audited.names().subList(200, 201)).containsExactly("job.ended");
    assertThat(audited.last().get("client").toString()).contains("program=python3");
  }

  @Test
  void whoWasLetInIsTheUserAndNotWhoIsRefusedLater() {
    Story control = audited.tunnelled();
    control.ftpLoggedIn("batch");
    control.ftpUser("root");
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    control.transferAnswered(7, 226);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events())
        .allSatisfy(
            event -> assertThat(event.fields().get("ftp").toString()).contains("user=batch"));
  }

  @Test
  void whereNobodyWasLetInTheUserIsWhoWasNamedLast() {
    Story control = audited.tunnelled();
    control.ftpUser("joe");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last()).containsEntry("ftp", Map.of("user", "joe"));
  }

  @Test
  void whoWasLetInAtOneServerIsNotTheUserOfTheNext() {
    Story control = audited.tunnelled();
    control.ftpUser("joe");
    control.ftpLoggedIn("joe");
    AuditedJobs.elsewhere(control, "blocked", "block", "amy@other.example")
        .refused(RefusedWhy.RULE, "blocked by rule");
    assertThat(control.ftpUser()).contains("amy@other.example");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("route", "ssh")
        .containsEntry("ftp", Map.of("user", "joe"));
  }

  @Test
  void whatFollowsAUsersColonIsTakenForItsPassword() {
    Story control = audited.tunnelled();
    control.ftpUser("ftp://joe:canary");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.last()).containsEntry("ftp", Map.of("user", "ftp://joe:***"));
  }
}
