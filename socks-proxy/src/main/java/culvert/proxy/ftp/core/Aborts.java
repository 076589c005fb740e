package culvert.proxy.ftp.core;

import java.util.Optional;
import java.util.function.Consumer;

/** ABOR: the client's own, and ours for an upload that it has broken off. */
final class Aborts {
  private final PendingReplies pending;
  private final Consumer<ControlEffect> effects;

  Aborts(PendingReplies pending, Consumer<ControlEffect> effects) {
    this.pending = pending;
    this.effects = effects;
  }

  /** Telnet signals are gone by now: plain {@code ABOR} is the one spelling all servers accept. */
  void byClient() {
    Optional<Pending.Abort> ours =
        pending.all(Pending.Abort.class).filter(abort -> abort.own).findFirst();
    if (ours.isPresent()) {
      ours.get().own = false; // it is under way already: its answer is the client's now
    } else {
      send(false);
    }
  }

  /** The client has broken an upload off. */
  void ofUpload() {
    if (!isPending()) {
      send(true);
    }
  }

  private void send(boolean own) {
    pending.add(new Pending.Abort(own));
    effects.accept(new ControlEffect.ToServer(OwnReply.line("ABOR")));
    if (own || pending.first(Pending.Transfer.class).isPresent()) {
      effects.accept(new ControlEffect.AbortSent());
    }
  }

  boolean isPending() {
    return pending.first(Pending.Abort.class).isPresent();
  }

  /** A transfer was cut short: whoever has sent an ABOR is understood. */
  void understood() {
    pending.all(Pending.Abort.class).forEach(abort -> abort.understood = true);
  }
}
