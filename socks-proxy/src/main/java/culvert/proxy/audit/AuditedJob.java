package culvert.proxy.audit;

import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One job, until its end is told. Guarded by itself: its connections live on several loops. What it
 * tells is copied out of the stories when it happens, on the story's own loop.
 */
final class AuditedJob {
  private static final int MOST_COMMANDS = 256;
  private static final Set<String> UPLOADS = Set.of("STOR", "APPE", "STOU", "ESTO");
  private static final Set<String> DOWNLOADS = Set.of("RETR", "ERET");

  private final Story story;
  private final AuditJobs jobs;
  private final List<Transfer> transfers = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private ClientProgram owner = ClientProgram.UNKNOWN;
  private Optional<RefusedWhy> refused = Optional.empty();
  private boolean lateData;
  private boolean plaintext;
  private boolean isFtp;
  private long up;
  private long down;
  private int filesUp;
  private int filesDown;
  private Outcome worst = Outcome.OK; // of its transfers
  private @Nullable End end;
  private boolean over;

  /** How a connection has ended. */
  private record End(
      EndReason reason, String detail, TakenRoute route, long up, long down, Duration duration) {
    static End of(Story story, EndReason reason, String detail) {
      return new End(
          reason,
          detail,
          story.route(),
          story.bytesFromClient(),
          story.bytesToClient(),
          story.duration());
    }

    Outcome outcome() {
      return Outcome.of(route, reason);
    }

    /** Nobody has asked for anything on it. */
    Outcome unasked() {
      return nothing() ? Outcome.ABORTED.worse(outcome()) : outcome();
    }

    boolean nothing() {
      return up == 0 && down == 0;
    }
  }

  /** A data connection. */
  private static final class Transfer {
    private final Story story;
    private final int request;
    private @Nullable End end;

    Transfer(Story story, int request) {
      this.story = story;
      this.request = request;
    }
  }

  /** A command that moves data. */
  private static final class Command {
    private final FtpTransfer asked;
    private OptionalInt reply = OptionalInt.empty();

    Command(FtpTransfer asked) {
      this.asked = asked;
    }
  }

  AuditedJob(Story story, AuditJobs jobs) {
    this.story = story;
    this.jobs = jobs;
  }

  boolean isOf(Story other) {
    return other == story;
  }

  // What happens

  /**
   * A data connection of it begins.
   *
   * @return false: its own end has been told
   */
  synchronized boolean begins(Story data, int request) {
    if (!over) {
      isFtp = true;
      transfers.add(new Transfer(data, request));
    }
    return !over;
  }

  /** It is a data connection of a job that has been told of. */
  synchronized void isLateData() {
    lateData = true;
  }

  synchronized void ownedBy(ClientProgram found) {
    owner = found;
    endIfOver();
  }

  synchronized void fellBack(String detail) {
    jobs.record(
        AuditCode.PLAINTEXT,
        head(story)
            .put("route", TakenRoute.PLAINTEXT.toString())
            .put("why", story.fallback().map(Object::toString))
            .put("detail", detail)
            .map());
  }

  synchronized void refused(RefusedWhy why, String detail) {
    refused = Optional.of(why);
    jobs.record(
        code(why),
        head(story)
            .put("route", TakenRoute.REFUSED.toString())
            .put("why", why.toString())
            .put("detail", detail)
            .map());
  }

  private static AuditCode code(RefusedWhy why) {
    return switch (why) {
      case LOGIN -> AuditCode.LOGIN_REFUSED;
      case HOST_KEY -> AuditCode.HOST_KEY_REFUSED;
      case RULE -> AuditCode.RULE_REFUSED;
      default -> AuditCode.REFUSED;
    };
  }

  synchronized void inPlaintext(Story connected) {
    plaintext |= connected.route() == TakenRoute.PLAINTEXT;
  }

  synchronized void asked(FtpTransfer transfer) {
    isFtp = true;
    if (commands.size() == MOST_COMMANDS) {
      commands.remove(0);
    }
    commands.add(new Command(transfer));
  }

  synchronized void answered(int number, int code) {
    commands.stream()
        .filter(command -> command.asked.number() == number)
        .forEach(command -> command.reply = OptionalInt.of(code));
    tellTransfers(false);
  }

  synchronized void ended(Story connection, EndReason reason, String detail) {
    if (connection == story) {
      end = End.of(story, reason, detail);
      isFtp |= story.ftpUser().isPresent();
    } else {
      transfers.stream()
          .filter(transfer -> transfer.story == connection)
          .forEach(transfer -> transfer.end = End.of(connection, reason, detail));
    }
    tellTransfers(end != null);
    endIfOver();
  }

  // What is told

  /**
   * Of data connections that have ended and whose commands were answered.
   *
   * @param atTheEnd nothing more will be answered
   */
  private void tellTransfers(boolean atTheEnd) {
    for (Iterator<Transfer> all = transfers.iterator(); all.hasNext(); ) {
      Transfer transfer = all.next();
      if (transfer.end != null) {
        Optional<Command> command = commandOf(transfer);
        if (atTheEnd || command.filter(c -> c.reply.isPresent()).isPresent()) {
          all.remove();
          command.ifPresent(commands::remove);
          tell(transfer.story, transfer.end, command);
        }
      }
    }
  }

  private Optional<Command> commandOf(Transfer transfer) {
    return commands.stream()
        .filter(command -> command.asked.request() == transfer.request || transfer.request < 0)
        .findFirst();
  }

  private void tell(Story data, End dataEnd, Optional<Command> command) {
    boolean said = command.isPresent() && command.get().reply.isPresent();
    int reply = said ? command.get().reply.getAsInt() : 0;
    String verb = command.map(c -> c.asked.command()).orElse("");
    Outcome outcome = command.isEmpty() ? dataEnd.unasked() : outcome(dataEnd, reply);
    worst = outcome == Outcome.REFUSED ? worst : outcome.worse(worst);
    up += dataEnd.up();
    down += dataEnd.down();
    if (outcome == Outcome.OK) {
      filesUp += UPLOADS.contains(verb) ? 1 : 0;
      filesDown += DOWNLOADS.contains(verb) ? 1 : 0;
    }
    Fields ftp = new Fields().put("user", story.ftpUser()).put("command", verb);
    if (jobs.paths()) {
      ftp.put("path", command.map(c -> c.asked.path()));
    }
    if (reply > 0) {
      ftp.put("reply", reply);
    }
    jobs.record(
        AuditCode.TRANSFER_ENDED,
        head(data)
            .put("transfer", data.id().toString())
            .put("ftp", ftp.map())
            .put("route", dataEnd.route().toString())
            .put("encrypted", dataEnd.route() == TakenRoute.SSH)
            .put("why", why(data, dataEnd))
            .put("ssh", data.carrier().map(JobFields::ssh))
            .put("bytes", bytes(dataEnd.up(), dataEnd.down()))
            .put("duration_ms", dataEnd.duration().toMillis())
            .put("outcome", outcome.toString())
            .put("reason", dataEnd.reason().toString())
            .put("detail", dataEnd.detail())
            .map());
  }

  /** The server's word counts, too: it may have been unable to write, or read, what was moved. */
  private static Outcome outcome(End end, int reply) {
    Outcome outcome = end.outcome();
    if (reply >= 400) {
      Outcome moved = outcome == Outcome.OK ? Outcome.TRUNCATED : outcome; // a client knows why
      return end.nothing() ? Outcome.REFUSED : moved;
    }
    return outcome;
  }

  private Optional<String> why(Story connection, End its) {
    return its.route() == TakenRoute.REFUSED
        ? Optional.of(refused.map(RefusedWhy::toString).orElse(its.reason().toString()))
        : JobFields.why(connection.fallback(), its.route());
  }

  private void endIfOver() {
    if (end == null || over || story.isOwnerAwaited() || !transfers.isEmpty()) {
      return;
    }
    over = true;
    if (lateData) {
      tell(story, end, Optional.empty());
    } else {
      tellJob(end);
    }
    jobs.isOver(story);
  }

  private void tellJob(End its) {
    TakenRoute route = plaintext ? TakenRoute.PLAINTEXT : its.route();
    Fields fields =
        head(story)
            .put("ftp", new Fields().put("user", story.ftpUser()).map())
            .put("route", route.toString())
            .put("encrypted", route == TakenRoute.SSH)
            .put("why", why(story, its))
            .put("ssh", story.carrier().map(JobFields::ssh))
            .put("bytes", isFtp ? bytes(up, down) : bytes(its.up(), its.down()));
    if (isFtp) {
      fields.put("files", bytes(filesUp, filesDown));
    }
    if (story.isKeptFromPlaintext()) {
      fields.put("pinned", true);
    }
    jobs.record(
        AuditCode.JOB_ENDED,
        fields
            .put("duration_ms", its.duration().toMillis())
            .put("outcome", (isFtp ? its.outcome().worse(worst) : its.outcome()).toString())
            .put("reason", its.reason().toString())
            .put("detail", its.detail())
            .put("config", jobs.config())
            .map());
  }

  private static Map<String, Object> bytes(long up, long down) {
    return new Fields().put("up", up).put("down", down).map();
  }

  /** What every event of the job has. */
  private Fields head(Story of) {
    return new Fields()
        .put("job", of.job().toString())
        .put("listener", of.listener())
        .put("client", JobFields.client(of, owner))
        .put("destination", JobFields.destination(of))
        .put("rule", story.rule())
        .put("action", story.action());
  }
}
