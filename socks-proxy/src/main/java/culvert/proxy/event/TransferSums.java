package culvert.proxy.event;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the transfers of a job have moved, and how they have ended. Guarded by the job. */
final class TransferSums {
  private static final Set<String> UPLOADS = Set.of("STOR", "APPE", "STOU", "ESTO");
  private static final Set<String> DOWNLOADS = Set.of("RETR", "ERET");

  private long up;
  private long down;
  private int filesUp;
  private int filesDown;
  private Outcome worst = Outcome.OK;

  /**
   * One more has ended.
   *
   * @param asked by which command
   * @param reply to that; 0: it was left out
   * @param session how the job has ended; empty: it has not
   * @return how it has ended, by all that is known
   */
  Outcome add(
      Ended its, Optional<FtpTransfer> asked, OptionalInt reply, Optional<Outcome> session) {
    Outcome outcome = outcome(its, asked, reply, session);
    boolean unused = asked.isEmpty() && isEmpty(its);
    worst = unused || outcome == Outcome.REFUSED ? worst : outcome.worse(worst);
    up += its.up();
    down += its.down();
    if (outcome == Outcome.OK) {
      String verb = asked.map(FtpTransfer::command).orElse("");
      filesUp += UPLOADS.contains(verb) ? 1 : 0;
      filesDown += DOWNLOADS.contains(verb) ? 1 : 0;
    }
    return outcome;
  }

  /**
   * The server's word counts, too: it may have been unable to write, or read, what was moved. What
   * nobody has said to be whole is not.
   */
  private static Outcome outcome(
      Ended its, Optional<FtpTransfer> asked, OptionalInt reply, Optional<Outcome> session) {
    boolean nothing = isEmpty(its);
    Outcome outcome = its.outcome();
    if (asked.isEmpty()) {
      return nothing && outcome == Outcome.OK ? Outcome.ABORTED : outcome;
    }
    if (reply.isPresent() && isPositive(reply.getAsInt())) {
      return outcome;
    }
    if (reply.isPresent() && nothing) {
      return Outcome.REFUSED;
    }
    if (reply.isEmpty() && session.isPresent()) {
      outcome = outcome.worse(session.get()); // who has broken off its session has broken it off
    }
    Outcome unsaid = nothing ? Outcome.REFUSED : Outcome.TRUNCATED;
    return outcome == Outcome.OK ? unsaid : outcome;
  }

  private static boolean isEmpty(Ended its) {
    return its.up() == 0 && its.down() == 0;
  }

  /** Not if the server has left its reply out. */
  static boolean isPositive(int code) {
    return 0 < code && code < 400;
  }

  long up() {
    return up;
  }

  long down() {
    return down;
  }

  EndedJob.Files files() {
    return new EndedJob.Files(filesUp, filesDown);
  }

  /**
   * How the job has ended: as its worst transfer. What was refused last says nothing of what was
   * moved before.
   *
   * @param job how its own connection has ended
   */
  Outcome outcome(Outcome job) {
    boolean moved = up + down > 0 || filesUp + filesDown > 0;
    return moved && job == Outcome.REFUSED ? worst : job.worse(worst);
  }
}
