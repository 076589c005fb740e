package culvert.proxy.event;

import java.util.OptionalInt;

/** A command of a job that moves data. Guarded by the job. */
final class JobCommand {
  final FtpTransfer asked;
  OptionalInt reply = OptionalInt.empty();

  JobCommand(FtpTransfer asked) {
    this.asked = asked;
  }
}
