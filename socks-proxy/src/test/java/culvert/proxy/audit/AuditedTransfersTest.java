package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.Story;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of transfers, and of their job by that. */
class AuditedTransfersTest {
  private final AuditedJobs audited = new AuditedJobs();

  @Test
  void theServersRefusalOfAFileIsATransfersButNotTheJobs() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "none"));
    control.transferAnswered(7, 550);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "refused");
    assertThat(audited.last()).containsEntry("outcome", "ok");
  }

  @Test
  void aFileThatItsClientHasBrokenOffIsAbortedWhateverTheServerSays() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.CLIENT_ABORTED, "reset");
    control.transferAnswered(7, 426);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(audited.last()).containsEntry("outcome", "aborted");
  }

  @Test
  void aFileThatTheServerCouldNotTakeWholeIsTruncated() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 452);
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(audited.last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void dataOfWhichNobodyKnowsWhatForHaveTheNextCommand() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, -1);
    control.transferAsked(new FtpTransfer(7, 3, "NLST", ""));
    control.transferAnswered(7, 226);
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry("ftp", Map.of("user", "batch", "command", "NLST", "reply", 226));
  }

  @Test
  void anUploadOfWhichTheServerHasSaidNothingIsNoWholeFile() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.UPSTREAM_ABORTED, "reset");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(audited.last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void aFileWhoseReplyTheServerHasLeftOutIsNoWholeFile() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "STOR", "x"));
    data.fromClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 0); // and the client is told a 426
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(audited.last())
        .containsEntry("outcome", "truncated")
        .containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void aFileOfWhichASessionThatEndsInOrderHasSaidNothingIsNoWholeFile() {
    Story control = audited.tunnelled();
    Story data = audited.tunnelledData(control, 1);
    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    data.toClient(10);
    data.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "truncated");
    assertThat(audited.last()).containsEntry("files", Map.of("up", 0L, "down", 0L));
  }

  @Test
  void dataOfWhichNobodyKnowsWhatForAreNotThoseOfACommandThatFailed() {
    Story control = audited.tunnelled();
    control.transferAsked(new FtpTransfer(1, 1, "RETR", "none"));
    control.transferAnswered(1, 550);
    control.transferAsked(new FtpTransfer(2, 2, "RETR", "x"));
    Story data = audited.tunnelledData(control, -1);
    control.transferAnswered(2, 226);
    data.ended(EndReason.COMPLETED, "");

    assertThat(audited.last())
        .containsEntry(
            "ftp", Map.of("user", "batch", "command", "RETR", "path", "x", "reply", 226));
  }

  @Test
  void anUnusedDataConnectionMakesNoJobAborted() {
    Story control = audited.tunnelled();
    audited.tunnelledData(control, 1).ended(EndReason.CLIENT_ABORTED, "reset");
    control.ended(EndReason.COMPLETED, "");

    assertThat(audited.events().get(0).fields()).containsEntry("outcome", "aborted");
    assertThat(audited.last()).containsEntry("outcome", "ok");
  }

  @Test
  void whereNothingCanBeReadTransfersAreToldAsTheyEnd() {
    Story control = audited.tunnelled();
    control.ftpUnreadable();
    Story first = audited.tunnelledData(control, -1);
    first.toClient(10);
    first.ended(EndReason.COMPLETED, "");

    assertThat(audited.names()).containsExactly("transfer.ended");
    assertThat(audited.last())
        .containsEntry("outcome", "ok")
        .containsEntry("bytes", Map.of("up", 0L, "down", 10L));
  }

  @Test
  void dataConnectionsThatNobodyAsksAnythingOfDoNotPileUp() {
    Story control = audited.tunnelled();
    for (int i = 1; i <= 1_000; i++) {
      audited.tunnelledData(control, i).ended(EndReason.COMPLETED, "");
    }

    assertThat(audited.events()).hasSizeGreaterThan(900);
    control.ended(EndReason.COMPLETED, "");
    assertThat(audited.events()).hasSize(1_001);
  }
}
