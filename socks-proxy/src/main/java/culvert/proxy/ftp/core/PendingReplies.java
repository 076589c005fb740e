package culvert.proxy.ftp.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What waits for replies, oldest first, and the one rule by which a reply finds its command. Odd
 * servers and lenient clients make every rule err, so nothing that must not leak rests on it.
 *
 * <ul>
 *   <li>A {@code 227} or {@code 229} answers the first waiting passive command, whatever waits
 *       before that.
 *   <li>Any other reply answers the first command that it may be an answer to; a transfer may be
 *       overtaken by what came beside it, everything else that is passed over will never be
 *       answered, and is answered by us, so that each reply stands where clients look for it.
 *   <li>A {@code 1yz} that its command may not have is its answer.
 *   <li>A client that goes on has its answer, or what it takes for that, unless it pipelines.
 * </ul>
 */
final class PendingReplies {
  /** Commands that may wait for replies before the client has to wait too. */
  private static final int MAX = 256;

  /** Commands beside a transfer that are waited for; some servers drop all of them. */
  private static final int MAX_BESIDE = 8;

  private final Deque<Pending> waiting = new ArrayDeque<>();
  private boolean pipelines;
  private boolean told = true; // what may be the answer to the client's last command

  void add(Pending pending) {
    waiting.add(pending);
  }

  void remove(Pending pending) {
    waiting.remove(pending);
  }

  /** Whether the client waits for anything: some servers never answer the ABOR that it has left. */
  boolean clientWaits() {
    return waiting.stream()
        .anyMatch(p -> p.isClients() && !(p instanceof Pending.Abort abort && abort.left));
  }

  boolean isFull() {
    return waiting.size() >= MAX;
  }

  <P extends Pending> Stream<P> all(Class<P> kind) {
    return waiting.stream().filter(kind::isInstance).map(kind::cast);
  }

  <P extends Pending> Optional<P> first(Class<P> kind) {
    return all(kind).findFirst();
  }

  /** Whether transfers wait, and none of them for these data. */
  boolean isTransferOfOther(int request) {
    return first(Pending.Transfer.class).isPresent()
        && all(Pending.Transfer.class).noneMatch(transfer -> transfer.request == request);
  }

  Optional<Pending> newest() {
    return Optional.ofNullable(waiting.peekLast());
  }

  /** How many answers the client waits for. */
  long owed() {
    return waiting.stream().filter(Pending::isClients).count();
  }

  /** The client was told something that it may take for the answer to its last command. */
  void clientTold() {
    told = true;
  }

  /**
   * The client was told the answer to this one, which still stands here: with those beside a
   * transfer, some servers have one answer for both.
   */
  void clientTold(Pending answered) {
    boolean behind = false;
    boolean more = false;
    for (Pending pending : waiting) {
      boolean together = answered instanceof Pending.Transfer && pending.beside();
      more |= behind && pending.isClients() && !together;
      behind |= pending == answered;
    }
    told |= !more;
  }

  /**
   * The client sends a command.
   *
   * @param followed whether another one came with it
   * @param beside whether it is one that a client sends while a transfer goes on
   * @return whether the client shows that it waits for no earlier reply any more
   */
  boolean clientGoesOn(boolean followed, boolean beside) {
    boolean older =
        waiting.stream()
            .anyMatch(
                p ->
                    p.isClients()
                        && (p.endsWhenClientGoesOn()
                            || p instanceof Pending.Transfer
                            || p instanceof Pending.Abort));
    pipelines |= followed || (older && !beside && !told);
    if (told && !pipelines && !beside) {
      all(Pending.Abort.class).forEach(abort -> abort.left = true);
    }
    told = false;
    if (pipelines || beside) {
      return false;
    }
    waiting.removeIf(Pending::endsWhenClientGoesOn);
    return true;
  }

  /** Whether there is no use in waiting for one more of them. */
  boolean manyBeside() {
    return !pipelines && all(Pending.Ordinary.class).filter(Pending::beside).count() >= MAX_BESIDE;
  }

  /**
   * The command that a reply belongs to, which stays. What can have no answer any more is gone.
   *
   * @param passedOver is given what the client has to be told first
   */
  Optional<Pending> answeredBy(int code, Consumer<Pending> passedOver) {
    Optional<Pending> found = find(code);
    found.ifPresent(answered -> passOver(answered, passedOver));
    return found;
  }

  private Optional<Pending> find(int code) {
    if (code == 227 || code == 229) {
      Optional<Pending> passive = waiting.stream().filter(PendingReplies::isPassive).findFirst();
      if (passive.isPresent()) {
        return passive;
      }
    }
    boolean behindTransfer = false;
    for (Pending pending : waiting) {
      if (accepts(pending, code)
          && (!behindTransfer || pending.beside())
          && !isLateRefusal(pending, code)) {
        return Optional.of(pending);
      }
      if (behindTransfer && !pending.beside()) {
        break; // what is behind that is not beside the transfer
      }
      behindTransfer |= pending instanceof Pending.Transfer;
    }
    return loneTransfer().or(() -> newest().filter(p -> isLoneAbort(p, code)));
  }

  /** What the client has sent last and waits for. */
  private static boolean isLoneAbort(Pending pending, int code) {
    return pending instanceof Pending.Abort abort
        && !abort.own
        && !abort.left
        && !ReplyLine.isPreliminary(code);
  }

  /**
   * An ABOR of ours that a server does not know is refused at once. Later the refusal is that of
   * the client's next command: an aborted transfer and its ABOR may have had one answer together,
   * with which the client has gone on, too.
   */
  private boolean isLateRefusal(Pending pending, int code) {
    return pending instanceof Pending.Abort abort
        && (abort.own || abort.left)
        && Pending.Transfer.isOfCommandBeside(code)
        && !pipelines
        && pending != waiting.peekLast();
  }

  private static boolean isPassive(Pending pending) {
    return (pending instanceof Pending.Passive passive && !passive.announcing)
        || (pending instanceof Pending.Own own && own.isPassive());
  }

  private static boolean accepts(Pending pending, int code) {
    if (ReplyLine.isPreliminary(code)) {
      boolean ours = pending instanceof Pending.Local || pending instanceof Pending.Abort;
      return pending.begins() || !(ours || !pending.isClients());
    }
    return pending.accepts(code);
  }

  /** What no other command can be meant by: some servers have strange replies to transfers. */
  private Optional<Pending> loneTransfer() {
    return first(Pending.Transfer.class).map(Pending.class::cast);
  }

  private void passOver(Pending answered, Consumer<Pending> passedOver) {
    List<Pending> stale = new ArrayList<>();
    for (Pending earlier : waiting) {
      if (earlier == answered) {
        break;
      }
      if (earlier instanceof Pending.Transfer && answered.beside()) {
        return; // what is behind the transfer waits as before
      }
      stale.add(earlier);
    }
    waiting.removeAll(stale);
    stale.forEach(passedOver);
  }

  /** Takes our own answers out whose turn it is. */
  void takeDue(Consumer<Pending.Local> due) {
    Iterator<Pending> earliest = waiting.iterator();
    while (earliest.hasNext()) {
      Pending next = earliest.next();
      if (next instanceof Pending.Local local) {
        earliest.remove();
        due.accept(local);
      } else if (next.isClients() && !(next instanceof Pending.Abort abort && abort.left)) {
        break;
      }
    }
  }
}
