package culvert.proxy.ftp.core;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A client in passive mode: what the server announces is told by us, and nothing else that looks
 * like an announcement. From before its command reaches the server the client counts as one that
 * may come for data.
 */
final class PassiveDialogue {
  private final boolean tunnelled;
  private final PendingReplies pending;
  private final ClientReplies client;
  private final Consumer<ControlEffect> effects;
  private int request;

  PassiveDialogue(
      boolean tunnelled,
      PendingReplies pending,
      ClientReplies client,
      Consumer<ControlEffect> effects) {
    this.tunnelled = tunnelled;
    this.pending = pending;
    this.client = client;
    this.effects = effects;
  }

  /** The newest passive command; 0: there was none. */
  int request() {
    return request;
  }

  /** Whether what the client is told is being prepared. */
  boolean announcing() {
    return waiting().anyMatch(asked -> asked.announcing);
  }

  private Stream<Pending.Passive> waiting() {
    return pending.all(Pending.Passive.class);
  }

  /** The client sends PASV or EPSV. */
  void asked(int number, boolean extended, byte[] line) {
    request = number;
    client.oweAnnouncement();
    effects.accept(new ControlEffect.AwaitData(number));
    pending.add(new Pending.Passive(number, extended));
    effects.accept(new ControlEffect.ToServer(line));
  }

  /** A line of the server's answer. */
  void replied(Pending.Passive asked, ReplyLine line) {
    if (line.last()) {
      answered(asked, line);
    } else if (tunnelled) {
      asked.inner = asked.inner.or(() -> PassiveReply.parse(line.code(), line.text()));
    } else {
      client.relay(line);
    }
  }

  private void answered(Pending.Passive asked, ReplyLine line) {
    Optional<PassiveReply> found = line.isWhole() ? parse(asked, line) : Optional.empty();
    if (found.isPresent() && found.get().portAllowed()) {
      asked.announcing = true;
      effects.accept(new ControlEffect.Announce(asked.request, asked.extended, found.get(), line));
    } else if (found.isPresent()) {
      client.answer(OwnReply.line(found.get().refusal()));
    } else if (!tunnelled || line.negative()) {
      client.relay(line);
    } else {
      String verb = asked.extended ? "EPSV" : "PASV";
      client.answer(
          OwnReply.of(
              425,
              "culvert: the FTP server's answer to %s cannot be read (code %03d)"
                  .formatted(verb, line.code())));
    }
  }

  /** Some servers put the port into the first of several lines. */
  private static Optional<PassiveReply> parse(Pending.Passive asked, ReplyLine line) {
    return PassiveReply.parse(line.code(), line.text()).or(() -> asked.inner);
  }

  /** What the client is told is ready. */
  void announced(ControlEvent.Announced announced) {
    waiting()
        .filter(asked -> asked.announcing && asked.request == announced.request())
        .findFirst()
        .ifPresent(
            asked -> {
              pending.remove(asked);
              pending.clientTold();
              client.answer(announced.line());
              client.answerDue();
            });
  }
}
