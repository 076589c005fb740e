package culvert.proxy.ftp.core;

import culvert.proxy.ftp.core.Pending.Kind;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Pairs commands with replies on a control connection that is relayed, and steps in where a data
 * connection is announced, by the server (PASV) or by the client (PORT). Everything else passes
 * through, bytes untouched.
 *
 * <p>Only the final line of the reply that belongs to a PASV or an EPSV opens anything; a {@code
 * 227} that nobody asked for, or one inside another reply, is just text.
 */
public final class ControlDialogue {
  /** Commands that may wait for replies before the client has to wait too. */
  private static final int MAX_PENDING = 256;

  private final boolean tlsAllowed;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final List<ControlEffect> effects = new ArrayList<>();
  private final ActiveDialogue active = new ActiveDialogue(new ActiveLine());
  private int passives; // of the client's
  private int slack; // aborted transfers whose second reply may never come

  /**
   * @param tlsAllowed whether AUTH may reach the server, after which nothing is understood any more
   * @param greetingPending whether the server's greeting is still to come
   */
  public ControlDialogue(boolean tlsAllowed, boolean greetingPending) {
    this.tlsAllowed = tlsAllowed;
    if (greetingPending) {
      expect(Kind.GREETING);
    }
  }

  /** The client sent a command. */
  public List<ControlEffect> on(Command command) {
    switch (command.verb()) {
      case "PORT", "EPRT" -> active.port(command);
      case "LPRT" -> answer(OwnReply.NO_LONG_PORT);
      case "LPSV", "SPSV", "CPSV" -> answer(OwnReply.NO_OTHER_PASSIVE);
      case "AUTH", "ADAT", "PBSZ", "PROT" -> tls(command);
      case "PASV" -> passive(command, Kind.PASV);
      case "EPSV" -> passive(command, all(command) ? Kind.EPSV_ALL : Kind.EPSV);
      case "REIN" -> passive(command, Kind.OTHER);
      case "STOR", "APPE", "STOU" -> active.transfer(Kind.UPLOAD, command.bytes());
      case "RETR", "LIST", "NLST", "MLSD" -> active.transfer(Kind.DOWNLOAD, command.bytes());
      case "ABOR" -> abort();
      case "" -> answer(OwnReply.MALFORMED);
      default -> forward(command, Kind.OTHER);
    }
    return drain();
  }

  /** The server sent a line. */
  public List<ControlEffect> on(ReplyLine line) {
    if (!line.hasCode() || line.preliminary() || line.code() == 421) {
      preliminary(line);
      return drain();
    }
    resynchronise(line);
    Pending head = pending.peek();
    if (head == null) {
      relay(line);
      return drain();
    }
    Pending answered = head.kind.transfer() ? besideTransfer(head, line) : head;
    if (line.last() && endsWaitForData(answered, line)) {
      effects.add(new ControlEffect.DataSettled(answered.request));
    }
    dispatch(answered, line);
    if (line.last()) {
      boolean aborted = abortPending();
      pending.removeFirstOccurrence(answered);
      if (aborted && (answered.kind.transfer() || answered.kind == Kind.ABOR)) {
        effects.add(new ControlEffect.AbortAnswered());
      }
      settle(answered, line);
      flushLocal();
    }
    return drain();
  }

  /** What could be an announcement may have been paired with a transfer by mistake. */
  private static boolean endsWaitForData(Pending answered, ReplyLine line) {
    return answered.kind.transfer()
        && answered.request > 0
        && (line.code() < 227 || line.code() > 229);
  }

  /** What a final reply means to a client in active mode. */
  private void settle(Pending answered, ReplyLine line) {
    if (answered.abandoned) {
      return;
    }
    if (answered.kind.transfer() && line.code() == 426) {
      pending.stream().filter(p -> p.kind == Kind.ABOR).forEach(abort -> abort.understood = true);
    }
    if (answered.renamed) {
      effects.add(new ControlEffect.RenamedTransferEnded(line.code() >= 400));
    }
    switch (answered.kind) {
      case OWN_EPSV, OWN_PASV -> active.probed(answered.kind, line);
      case RENAMED_PORT -> active.renamed(line);
      case EPSV_ALL -> {
        if (line.code() < 300) {
          active.epsvAll();
        }
      }
      default -> {
        // Changes nothing.
      }
    }
  }

  /**
   * After {@link ControlEffect.Active}: the server is asked to listen, and a data connection made
   * from here leads there.
   */
  public List<ControlEffect> convert() {
    active.convert();
    return drain();
  }

  /**
   * After {@link ControlEffect.Active}: the server is told to connect to another address.
   *
   * @param addresses as the server may know it, not empty; where it refuses one (servers connect to
   *     nobody but the control connection's peer), it is told the next
   */
  public List<ControlEffect> rename(List<InetSocketAddress> addresses) {
    active.rename(addresses);
    return drain();
  }

  /**
   * After {@link ControlEffect.Active}: it cannot be.
   *
   * @param reply the whole line
   */
  public List<ControlEffect> refuse(String reply) {
    active.refuse(reply);
    return drain();
  }

  /** After {@link ControlEffect.OpenData}: the data connection stands, the transfer may begin. */
  public List<ControlEffect> opened() {
    active.opened();
    return drain();
  }

  /** After {@link ControlEffect.OpenData}: the server never hears of the transfer. */
  public List<ControlEffect> notOpened(String why) {
    active.notOpened(why);
    return drain();
  }

  /**
   * Ends what {@link #waiting} tells of: the PORT or the transfer fails, and the server never hears
   * of the transfer. Does nothing when nothing waits.
   */
  public List<ControlEffect> giveUp(String why) {
    active.giveUp(why);
    return drain();
  }

  /** Whether the client's commands have to wait, but for ABOR. */
  public boolean waiting() {
    return active.waiting();
  }

  /** What {@link #waiting} waits for, for a message. */
  public String waitsFor() {
    return active.waitsFor();
  }

  /** Whether a server that is busy with a transfer has yet to see what {@link #waiting} is for. */
  public boolean waitsBehindTransfer() {
    return active.waitsForServer() && transferPending();
  }

  /**
   * The client broke the data connection of the pending upload off: aborts it, and makes its final
   * reply a failure. Does nothing when no upload is pending.
   */
  public List<ControlEffect> uploadBroken() {
    for (Pending waiting : pending) {
      if (waiting.kind == Kind.UPLOAD && !waiting.uploadBroken) {
        waiting.uploadBroken = true;
        if (pending.stream().noneMatch(p -> p.kind == Kind.ABOR)) {
          expect(Kind.ABOR).swallowed = true;
          sendAbort();
        }
        break;
      }
    }
    return drain();
  }

  /** Whether a STOR, APPE or STOU waits for its final reply. */
  public boolean uploadPending() {
    return pending.stream().anyMatch(p -> p.kind == Kind.UPLOAD);
  }

  /** Whether an aborted transfer waits for the server's answer. */
  public boolean abortPending() {
    return pending.stream().anyMatch(p -> p.kind == Kind.ABOR);
  }

  /** Whether every command has its reply. */
  public boolean idle() {
    return pending.isEmpty() && !active.waiting();
  }

  /** Whether the client has to wait before it may send more commands. */
  public boolean full() {
    return pending.size() >= MAX_PENDING;
  }

  private static boolean all(Command command) {
    return command.argumentText().strip().equalsIgnoreCase("ALL");
  }

  private void tls(Command command) {
    if (tlsAllowed) {
      forward(command, command.is("AUTH") ? Kind.AUTH : Kind.OTHER);
    } else {
      answer(OwnReply.NO_TLS);
    }
  }

  /** Telnet signals are gone by now: plain {@code ABOR} is the one spelling all servers accept. */
  private void abort() {
    boolean ofHeld = active.waiting() && !transferPending();
    active.giveUp("aborted by the client.");
    if (ofHeld) { // the server has not heard of what is aborted
      answer(OwnReply.ABORTED);
      return;
    }
    for (Pending waiting : pending) {
      if (waiting.ownAbort()) {
        waiting.swallowed = false; // ours is under way already: its answer is the client's now
        return;
      }
    }
    expect(Kind.ABOR);
    sendAbort();
  }

  private void sendAbort() {
    effects.add(new ControlEffect.ToServer(OwnReply.line("ABOR")));
    if (transferPending()) {
      slack++;
      effects.add(new ControlEffect.AbortSent());
    }
  }

  private boolean transferPending() {
    return pending.stream().anyMatch(p -> p.kind.transfer());
  }

  private void passive(Command command, Kind kind) {
    active.passive();
    if (kind.passive()) {
      passives++;
      effects.add(new ControlEffect.AwaitData(passives));
    }
    forward(command, kind);
  }

  private void forward(Command command, Kind kind) {
    expect(kind);
    effects.add(new ControlEffect.ToServer(command.bytes()));
  }

  private Pending expect(Kind kind) {
    Pending entry = new Pending(kind, passives);
    pending.add(entry);
    return entry;
  }

  /** Answers behind the replies that the client still waits for. */
  private void answer(String reply) {
    pending.add(new Pending(OwnReply.line(reply)));
    flushLocal();
  }

  private void flushLocal() {
    Iterator<Pending> earliest = pending.iterator();
    while (earliest.hasNext()) {
      Pending next = earliest.next();
      if (next.kind == Kind.LOCAL) {
        answerLocally(next);
        earliest.remove();
      } else if (!next.swallowed) {
        break;
      }
    }
    if (pending.isEmpty()) {
      slack = 0;
    }
  }

  private void answerLocally(Pending local) {
    effects.add(new ControlEffect.ToClient(Objects.requireNonNull(local.localReply)));
  }

  /** Lines that end no command's wait. */
  private void preliminary(ReplyLine line) {
    Pending head = pending.peek();
    boolean forUs = head != null && head.swallowed && line.preliminary();
    if (!forUs) {
      relay(line);
    }
  }

  /**
   * An aborted transfer has two replies with some servers and one with others. What cannot be the
   * answer to an ABOR shows that there was none.
   */
  private void resynchronise(ReplyLine line) {
    Pending head = pending.peek();
    boolean mayBeStale = head != null && (head.ownAbort() || (head.kind == Kind.ABOR && slack > 0));
    if (mayBeStale && !head.answered && !answersAbort(head, line.code())) {
      pending.remove();
      slack = Math.max(0, slack - 1);
      flushLocal();
      head = pending.peek();
    }
    boolean passiveReply = line.code() == 227 || line.code() == 229;
    while (head != null
        && head.abandoned
        && head.kind.ownPassive()
        && !passiveReply
        && line.code() < 400) {
      pending.remove(); // its reply was taken for another command's
      flushLocal();
      head = pending.peek();
    }
    if (!passiveReply || head == null || head.kind.passive()) {
      return;
    }
    int position = 0;
    for (Pending waiting : pending) {
      if (waiting.kind.passive() && position <= slack) {
        skip(position);
        return;
      }
      position++;
    }
  }

  private void skip(int count) {
    Iterator<Pending> stale = pending.iterator();
    for (int i = 0; i < count; i++) {
      Pending skipped = stale.next();
      if (skipped.kind == Kind.LOCAL) {
        answerLocally(skipped);
      }
      stale.remove();
    }
    slack -= count;
  }

  /**
   * Some servers answer NOOP or STAT while a transfer goes on. Taken for the transfer's end, such a
   * reply would shift all later ones, and leave an upload unprotected.
   *
   * @return what the line answers: the transfer, or a later command that it fits better
   */
  private Pending besideTransfer(Pending transfer, ReplyLine line) {
    if (endsTransfer(line.code())) {
      return transfer;
    }
    for (Pending waiting : pending) {
      if (waiting.kind == Kind.OTHER) {
        answerUpTo(waiting);
        return waiting;
      }
    }
    return transfer;
  }

  /** Our own answers keep their place among the server's. */
  private void answerUpTo(Pending command) {
    Iterator<Pending> earlier = pending.iterator();
    for (Pending next = earlier.next(); next != command; next = earlier.next()) {
      if (next.kind == Kind.LOCAL) {
        answerLocally(next);
        earlier.remove();
      }
    }
  }

  private static boolean endsTransfer(int code) {
    return switch (code) {
      case 200, 202, 211, 212, 213, 214, 215, 257 -> false;
      default -> true;
    };
  }

  /** pure-ftpd ends an aborted upload with 426, and then 451. */
  private static boolean answersAbort(Pending abort, int code) {
    return code == 225
        || code == 226
        || code == 426
        || (code == 451 && abort.understood)
        || (code >= 500 && !abort.understood);
  }

  private void dispatch(Pending head, ReplyLine line) {
    if (head.swallowed) {
      head.answered = true;
    } else if (head.uploadBroken && line.code() != 426) {
      if (line.last()) {
        effects.add(new ControlEffect.ToClient(OwnReply.line(OwnReply.UPLOAD_BROKEN)));
      }
    } else if (line.last() && head.kind.passive()) {
      passive(head, line);
    } else {
      if (line.last() && head.kind == Kind.AUTH && (line.code() == 234 || line.code() == 334)) {
        effects.add(new ControlEffect.Opaque()); // the client may come for data when it has read it
      }
      relay(line);
    }
  }

  private void passive(Pending asked, ReplyLine line) {
    PassiveReply reply = PassiveReply.parse(line.code(), line.text()).orElse(null);
    if (reply == null) {
      relay(line);
    } else if (!reply.portAllowed()) {
      effects.add(new ControlEffect.ToClient(OwnReply.line(reply.refusal())));
    } else {
      effects.add(new ControlEffect.Passive(asked.request, asked.kind == Kind.EPSV, reply, line));
    }
  }

  /** What a client in active mode has us say. */
  private final class ActiveLine implements ActiveDialogue.Line {
    @Override
    public void answer(String reply) {
      ControlDialogue.this.answer(reply);
    }

    @Override
    public void sendOwn(Kind kind, byte[] line) {
      expect(kind).swallowed = true;
      effects.add(new ControlEffect.ToServer(line));
    }

    @Override
    public void send(Kind kind, byte[] line, boolean renamed) {
      expect(kind).renamed = renamed;
      effects.add(new ControlEffect.ToServer(line));
    }

    @Override
    public void abandonOwn() {
      pending.stream().filter(Pending::forActiveMode).forEach(own -> own.abandoned = true);
    }

    @Override
    public void effect(ControlEffect effect) {
      effects.add(effect);
    }
  }

  private void relay(ReplyLine line) {
    effects.add(new ControlEffect.ToClient(line.raw()));
  }

  private List<ControlEffect> drain() {
    List<ControlEffect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }
}
