package culvert.proxy.ftp.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the server says, line by line: whose answer each reply is, and what that means to whatever
 * waits for it.
 */
final class ServerReplies {
  private final ReplySplitter splitter;
  private final PendingReplies pending;
  private final ClientReplies client;
  private final Uploads uploads;
  private final PassiveDialogue passive;
  private final ActiveDialogue active;
  private final Aborts aborts;
  private final Consumer<ControlEffect> effects;
  private @Nullable Pending answered; // by the reply of which a line has come
  private boolean open; // there are more lines of it to come
  private final WholeReply whole = new WholeReply(); // which the client does not surely wait for
  private boolean mayHaveEnded; // for a client that ends one at any code
  private @Nullable ReplyLine perhapsLast; // which waits for more of its reply
  private int rests; // that were waited for

  ServerReplies(
      ReplySplitter splitter,
      PendingReplies pending,
      ClientReplies client,
      Uploads uploads,
      PassiveDialogue passive,
      ActiveDialogue active,
      Aborts aborts,
      Consumer<ControlEffect> effects) {
    this.splitter = splitter;
    this.pending = pending;
    this.client = client;
    this.uploads = uploads;
    this.passive = passive;
    this.active = active;
    this.aborts = aborts;
    this.effects = effects;
  }

  /** The client has gone on: a multi-line reply whose last line had another code has ended. */
  void clientGoesOn() {
    if (open && mayHaveEnded) {
      splitter.closeReply();
      client.closeReply();
      if (answered instanceof Pending.Abort) { // unlike others, it stays when the client goes on
        pending.remove(answered);
      }
      open = false;
      answered = null;
    }
  }

  void line(ReplyLine line) {
    if (perhapsLast != null) {
      ReplyLine inner = perhapsLast;
      perhapsLast = null;
      take(inner); // more of its reply has come
    }
    if (client.tunnelled() && line.otherEnd()) {
      perhapsLast = line;
      effects.accept(new ControlEffect.AwaitRest(++rests));
    } else {
      take(line);
    }
  }

  /**
   * Nothing has come behind a line that looks like the end of another reply: some servers end one
   * so. The client is told the end that all clients know.
   */
  void nothingMore(int rest) {
    ReplyLine end = perhapsLast;
    if (end == null || rest != rests) {
      return;
    }
    perhapsLast = null;
    if (!end.isEnd()) {
      take(end);
      return;
    }
    splitter.closeReply();
    if (answered instanceof Pending.Transfer transfer
        && transfer.upload
        && !end.preliminary()
        && ReplyLine.codeAt(end.raw(), 0) >= 400) {
      transfer.answer.clear(); // of two answers the bad one counts
      take(end.ofItsOwn());
      return;
    }
    take(end.endOfItsReply());
    if (end.preliminary() && !end.ofItsOwn().preliminary()) {
      take(end.ofItsOwn());
    }
  }

  /** The server has hung up. */
  void ended() {
    nothingMore(rests);
    client.serverEnded();
  }

  private void take(ReplyLine line) {
    if (!line.hasCode()) {
      client.relay(line);
      return;
    }
    if (!open) {
      answered = answeredBy(line).orElse(null);
      mayHaveEnded = false;
    }
    open = !line.last();
    if (line.last() && ReplyLine.logsIn(line.code())) {
      Optional<String> user =
          answered instanceof Pending.Ordinary login ? login.user : Optional.empty();
      effects.accept(new ControlEffect.LoggedIn(user));
    }
    if (line.otherEnd() && !client.tunnelled()) {
      mayHaveEnded = true;
      if (answered != null && answered.isClients()) {
        pending.clientTold(answered);
      }
    }
    if (answered == null) {
      stray(line);
    } else {
      line(answered, line);
      if (line.last()) {
        last(answered, line);
      }
    }
    if (client.outOfStep()) {
      effects.accept(new ControlEffect.OutOfStep("FTP server out of step"));
    }
  }

  /**
   * A line of a reply that nothing waits for. In a tunnelled session the client is told the whole
   * of it at once: one that had begun could become the answer to what it asks next.
   */
  private void stray(ReplyLine line) {
    List<ReplyLine> reply = whole(line);
    if (!reply.isEmpty() && client.relayStray(reply, owed())) {
      pending.clientTold();
    }
  }

  private List<ReplyLine> whole(ReplyLine line) {
    return client.tunnelled() ? whole.with(line) : List.of(line);
  }

  /** How many answers the client is still to get. */
  long owed() {
    return pending.owed() + (active.waiting() ? 1 : 0) + (client.held().isPresent() ? 1 : 0);
  }

  private Optional<Pending> answeredBy(ReplyLine line) {
    Optional<Pending> found = pending.answeredBy(line.code(), this::passedOver);
    return found.filter(answered -> !isOfNoTransfer(answered, line));
  }

  /** What the client waits for before the reply that has come. */
  private void passedOver(Pending earlier) {
    if (earlier instanceof Pending.Local local) {
      client.answer(local);
    } else if (earlier instanceof Pending.Transfer transfer) {
      uploads.unanswered(transfer);
      effects.accept(new ControlEffect.TransferAnswered(transfer.number, 0));
      client.answerUpload(
          () -> client.answer(new Pending.Local(OwnReply.line(OwnReply.TRANSFER_UNANSWERED))));
    } else if (earlier.isClients() && !earlier.beside()) {
      client.answer(new Pending.Local(OwnReply.line(OwnReply.UNANSWERED)));
    }
  }

  /** A strange reply to a transfer may be the late answer to another command, or nobody's. */
  private boolean isOfNoTransfer(Pending found, ReplyLine line) {
    return found instanceof Pending.Transfer transfer
        && !line.preliminary()
        && !transfer.accepts(line.code())
        && (client.owed() > owed() || uploads.isTooEarly(transfer, line.code()));
  }

  /** One line of a reply. */
  private void line(Pending to, ReplyLine line) {
    if (to instanceof Pending.Transfer transfer && transfer.settles(line)) {
      effects.accept(new ControlEffect.DataSettled(transfer.passive)); // before the client goes on
    }
    if (!to.isClients()) {
      return; // our own
    }
    if (to instanceof Pending.Transfer transfer && transfer.upload) {
      if (line.preliminary()) {
        client.relay(line, transfer.number);
      } else {
        transfer.answered(line);
      }
    } else if (to instanceof Pending.Passive asked) {
      passive.replied(asked, line);
    } else {
      if (to instanceof Pending.Auth && line.last() && (line.code() == 234 || line.code() == 334)) {
        effects.accept(new ControlEffect.Opaque()); // its client may come for data with that
      }
      relay(to, line);
    }
  }

  private void relay(Pending to, ReplyLine line) {
    if (to instanceof Pending.Abort) {
      whole(line).forEach(client::relay); // there may be one answer to this and to its transfer
    } else if (!to.beside()) {
      client.relay(line);
    } else {
      client.relayInOrder(line);
    }
  }

  /** The last line of a reply. */
  private void last(Pending to, ReplyLine line) {
    if (line.preliminary() && to.begins()) {
      if (to instanceof Pending.Transfer transfer) {
        transfer.begin();
        uploads.serves(transfer);
      }
      return;
    }
    boolean beside = to.beside() && pending.first(Pending.Transfer.class).isPresent();
    if (to.isClients() && !beside) {
      pending.clientTold(to);
    }
    boolean aborted = aborts.isPending();
    if (!(to instanceof Pending.Passive asked && asked.announcing)) {
      pending.remove(to);
    }
    if (aborted && (to instanceof Pending.Transfer || to instanceof Pending.Abort)) {
      effects.accept(new ControlEffect.AbortAnswered());
    }
    if (to instanceof Pending.Transfer transfer) {
      ended(transfer, line);
    } else if (to instanceof Pending.Own own && !own.abandoned) {
      active.answered(own.kind, line);
    } else if (to instanceof Pending.Form form && line.positive()) {
      uploads.agreed(form);
    } else if (to instanceof Pending.EpsvAll && line.code() < 300) {
      active.epsvAll();
    }
    client.answerDue();
  }

  private void ended(Pending.Transfer transfer, ReplyLine line) {
    effects.accept(new ControlEffect.TransferAnswered(transfer.number, line.code()));
    if (line.code() == 426) {
      aborts.understood();
    }
    if (transfer.renamed) {
      effects.accept(new ControlEffect.RenamedTransferEnded(line.code() >= 400));
    }
    if (line.code() < 400) {
      uploads.serves(transfer);
    }
    if (transfer.upload) {
      uploads.answered(transfer, line.code());
    }
  }
}
