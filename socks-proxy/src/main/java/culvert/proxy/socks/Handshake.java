package culvert.proxy.socks;

import culvert.config.ListenerConfig;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.event.Endpoints;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.Printable;
import culvert.proxy.event.ProxyEvents;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's handshake: its deadline and its one end. */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  private final Channel channel;
  private final ListenerConfig.Socks listener;
  private final ProxyEvents events;
  private final ClientHandler handler;
  private @Nullable Future<?> deadline;
  private boolean over;

  Handshake(
      Channel channel, ListenerConfig.Socks listener, ProxyEvents events, ClientHandler handler) {
    this.channel = channel;
    this.listener = listener;
    this.events = events;
    this.handler = handler;
  }

  ListenerConfig.Socks listener() {
    return listener;
  }

  ClientHandler handler() {
    return handler;
  }

  boolean isOver() {
    return over;
  }

  void startDeadline(Duration timeout) {
    deadline =
        channel
            .eventLoop()
            .schedule(() -> timedOut(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(closed -> stopDeadline());
  }

  private void timedOut(Duration timeout) {
    failed(HandshakeFailure.TIMED_OUT, "no request within " + timeout.toMillis() + " ms");
    channel.close();
  }

  /** The request has come. */
  void succeeded() {
    over = true;
    stopDeadline();
  }

  /** There will be no connection. The caller answers, where there is an answer, and closes. */
  void failed(HandshakeFailure failure, String detail) {
    if (over) {
      return;
    }
    over = true;
    stopDeadline();
    events.handshakeFailed(failure);
    LOG.atLevel(
            failure == HandshakeFailure.HUNG_UP
                ? org.slf4j.event.Level.DEBUG
                : org.slf4j.event.Level.INFO)
        .addKeyValue("listener", listener.name())
        .addKeyValue("src", Endpoints.text(channel.remoteAddress()))
        .addKeyValue("reason", failure)
        .addKeyValue("detail", Printable.text(detail))
        .log("handshake failed");
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
