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
        pending
            .newest()
            .filter(Pending.Abort.class::isInstance)
            .map(Pending.Abort.class::cast)
            .filter(abort -> abort.own);
    ours.ifPresent(abort -> abort.own = false); // its answer is the client's now
    if (ours.isEmpty()) {
      send(false);
    } else if (pending.first(Pending.Transfer.class).isEmpty()) {
      // ours may have had its answer together with its transfer
      effects.accept(new ControlEffect.ToServer(OwnReply.line("ABOR")));
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
