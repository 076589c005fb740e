package culvert.proxy.event;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One job, until its end is told: a connection that the rules decided about, with the data
 * connections that belong to it. Guarded by itself: its connections live on several loops. Who
 * hears of it may read its stories meanwhile, whatever their loops: they have the state in which
 * the job was told of them last, or a newer one.
 */
public final class Job {
  private static final int MOST_COMMANDS = 256;

  /** Of a client that connects, asks for nothing, and connects again. */
  private static final int MOST_UNASKED = 64;

  private final Story story;
  private final Jobs jobs;
  private final String config;
  private final List<JobTransfer> transfers = new ArrayList<>();
  private final List<JobCommand> commands = new ArrayList<>();
  private final TransferSums sums = new TransferSums();
  private volatile ClientProgram owner = ClientProgram.UNKNOWN;
  private Optional<RefusedWhy> refused = Optional.empty();
  private boolean ownerAwaited;
  private boolean lateData;
  private Optional<String> inPlaintext = Optional.empty(); // why
  private Optional<SshCarrier> carrier = Optional.empty(); // the last one
  private Optional<Way> way = Optional.empty(); // for which the route stands, when connected
  private boolean left; // and the client has named another destination since
  private boolean unreadable;
  private boolean isFtp;
  private @Nullable Ended end;
  private boolean over;

  Job(Story story, Jobs jobs, String config) {
    this.story = story;
    this.jobs = jobs;
    this.config = config;
  }

  /** The connection by which it began. */
  public Story story() {
    return story;
  }

  /** Who runs the client, as far as it is known by now. */
  public ClientProgram owner() {
    return owner;
  }

  /** The hash of the configuration under which it began. */
  public String config() {
    return config;
  }

  /** The SSH session that has carried it last. */
  public synchronized Optional<SshCarrier> carrier() {
    return carrier;
  }

  /** Whether it may still be found out who runs the client. */
  public synchronized boolean isOwnerAwaited() {
    return ownerAwaited;
  }

  /** The rule under which a connection of it goes. */
  public synchronized String rule(Story connection) {
    return transfers.stream()
        .filter(transfer -> transfer.story == connection)
        .map(transfer -> transfer.way.rule())
        .findFirst()
        .orElseGet(story::rule);
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
      transfers.add(new JobTransfer(data, request, Way.of(story)));
    }
    return !over;
  }

  /** It is a data connection of a job that has been told of. */
  synchronized void isLateData() {
    lateData = true;
  }

  synchronized void goesOn(Story connection) {
    jobs.tell(observer -> observer.goesOn(this, connection));
  }

  synchronized void ownerAsked() {
    ownerAwaited = true;
  }

  synchronized void ownedBy(ClientProgram found) {
    owner = found;
    nobodyIsAwaited();
    endIfOver();
  }

  private void nobodyIsAwaited() {
    ownerAwaited = false;
    jobs.tell(observer -> observer.ownerKnown(this));
  }

  synchronized void fellBack(String detail) {
    jobs.tell(observer -> observer.fellBack(this, detail));
  }

  synchronized void refused(RefusedWhy why, String detail) {
    refused = Optional.of(why);
    jobs.tell(observer -> observer.refused(this, why, detail));
  }

  /** The client names another destination. */
  synchronized void destinationNamed() {
    left = true;
    goesOn(story);
  }

  synchronized void tunnelled(Story connected, SshCarrier by) {
    carrier = Optional.of(by);
    if (inPlaintext.isEmpty()) {
      goes(connected);
    }
    goesOn(connected);
  }

  synchronized void inPlaintext(Story connected) {
    if (connected.route() == TakenRoute.PLAINTEXT) {
      if (inPlaintext.isEmpty()) {
        goes(connected);
      }
      inPlaintext = inPlaintext.or(() -> Optional.of(whyPlaintext(connected)));
    }
    goesOn(connected);
  }

  /** The FTP server has let a user in. */
  synchronized void loggedIn() {
    if (!left) {
      way = way.map(same -> Way.of(story));
    }
  }

  private void goes(Story connected) {
    if (connected == story) {
      way = Optional.of(Way.of(story));
      left = false;
    }
  }

  /** What the client asks for cannot be seen any more. */
  synchronized void unreadable() {
    unreadable = true;
    tellTransfers(false);
  }

  synchronized void asked(FtpTransfer transfer) {
    isFtp = true;
    if (commands.size() == MOST_COMMANDS) {
      commands.remove(0);
    }
    commands.add(new JobCommand(transfer));
  }

  synchronized void answered(int number, int code) {
    commands.stream()
        .filter(command -> command.asked.number() == number)
        .forEach(command -> command.reply = OptionalInt.of(code));
    if (!TransferSums.isPositive(code)) { // and no data will come for it
      commands.removeIf(
          command -> command.asked.number() == number && hasNoData(command.asked.request()));
    }
    tellTransfers(false);
  }

  /** Nor any of which nobody knows what for. */
  private boolean hasNoData(int request) {
    return transfers.stream().noneMatch(t -> t.request == request || t.request < 0);
  }

  synchronized void ended(Story connection, EndReason reason, String detail) {
    if (connection == story) {
      end = endOf(story, reason, detail);
      isFtp |= story.speaksFtp();
    } else {
      transfers.stream()
          .filter(transfer -> transfer.story == connection)
          .forEach(transfer -> transfer.end = endOf(connection, reason, detail));
    }
    tellTransfers(end != null);
    endIfOver();
  }

  /** Nothing more will be heard of it. */
  synchronized void breakOff() {
    nobodyIsAwaited();
    for (JobTransfer transfer : transfers) {
      if (transfer.end == null) {
        transfer.end = endOf(transfer.story, EndReason.SHUTDOWN, "");
      }
    }
    if (end == null) {
      end = endOf(story, EndReason.SHUTDOWN, "");
    }
    tellTransfers(true);
    endIfOver();
  }

  private Ended endOf(Story connection, EndReason reason, String detail) {
    TakenRoute route = connection.route();
    return new Ended(
        route,
        why(connection, route, reason),
        connection.bytesFromClient(),
        connection.bytesToClient(),
        connection.duration(),
        Outcome.of(route, reason),
        reason,
        detail);
  }

  private Optional<String> why(Story connection, TakenRoute route, EndReason reason) {
    return switch (route) {
      case SSH -> Optional.empty();
      case PLAINTEXT -> Optional.of(whyPlaintext(connection));
      case REFUSED ->
          refused
              .filter(any -> connection == story) // and says nothing of its data
              .map(RefusedWhy::toString)
              .or(() -> Optional.of(reason.toString()));
    };
  }

  private static String whyPlaintext(Story connection) {
    return connection.fallback().map(Object::toString).orElse(Ended.BY_RULE);
  }

  // What is told

  /**
   * Of data connections that have ended and whose commands were answered.
   *
   * @param atTheEnd nothing more will be answered
   */
  private void tellTransfers(boolean atTheEnd) {
    long waiting = transfers.stream().filter(transfer -> transfer.end != null).count();
    for (Iterator<JobTransfer> all = transfers.iterator(); all.hasNext(); ) {
      JobTransfer transfer = all.next();
      if (transfer.end != null) {
        Optional<JobCommand> command = commandOf(transfer);
        if (atTheEnd
            || unreadable
            || waiting > MOST_UNASKED
            || command.filter(c -> c.reply.isPresent()).isPresent()) {
          all.remove();
          waiting--;
          command.ifPresent(commands::remove);
          tell(transfer, transfer.end, command);
        }
      }
    }
  }

  private Optional<JobCommand> commandOf(JobTransfer transfer) {
    return commands.stream()
        .filter(
            command ->
                transfer.request < 0
                    ? isFree(command)
                    : command.asked.request() == transfer.request)
        .findFirst();
  }

  /** Data of which nobody knows what for may be its. */
  private boolean isFree(JobCommand command) {
    return transfers.stream().noneMatch(other -> other.request == command.asked.request());
  }

  private void tell(JobTransfer transfer, Ended its, Optional<JobCommand> command) {
    Optional<FtpTransfer> asked = command.map(c -> c.asked);
    OptionalInt reply = command.map(c -> c.reply).orElseGet(OptionalInt::empty);
    Outcome outcome = sums.add(its, asked, reply, Optional.ofNullable(end).map(Ended::outcome));
    EndedTransfer told =
        new EndedTransfer(transfer.story, transfer.way, asked, reply, its.with(outcome));
    jobs.tell(observer -> observer.transferEnded(this, told));
  }

  private void endIfOver() {
    if (end == null || over || ownerAwaited || !transfers.isEmpty()) {
      return;
    }
    over = true;
    if (lateData) {
      tell(new JobTransfer(story, -1, Way.of(story)), end, Optional.empty());
    } else {
      tellJob(end);
    }
    jobs.isOver(story);
  }

  /** The worst way that it has taken: a client may log in to one server after the other. */
  private TakenRoute route(Ended its) {
    return inPlaintext.isPresent()
        ? TakenRoute.PLAINTEXT
        : carrier.isPresent() ? TakenRoute.SSH : its.route();
  }

  private void tellJob(Ended its) {
    TakenRoute route = route(its);
    Ended all =
        new Ended(
            route,
            inPlaintext.or(() -> why(story, route, its.reason())),
            isFtp ? sums.up() : its.up(),
            isFtp ? sums.down() : its.down(),
            its.duration(),
            isFtp ? sums.outcome(its.outcome()) : its.outcome(),
            its.reason(),
            its.detail());
    Optional<EndedJob.Files> files = isFtp ? Optional.of(sums.files()) : Optional.empty();
    Way told = way.filter(w -> left).orElseGet(() -> Way.of(story));
    jobs.tell(observer -> observer.ended(this, new EndedJob(told, files, all)));
  }
}
