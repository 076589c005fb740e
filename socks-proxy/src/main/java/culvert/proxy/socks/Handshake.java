package culvert.proxy.socks;

import culvert.config.ListenerConfig;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindHandler;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.event.HandshakeFailure;
import culvert.ssh.Defects;
import culvert.ssh.PlainWords;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's handshake: its deadline and its one end. */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  private final Arrival arrival;
  private final ListenerConfig.Socks listener;
  private final Admission admission;
  private final ClientHandler handler;
  private final BindHandler binds;
  private @Nullable Future<?> deadline;
  private boolean over;

  Handshake(
      Arrival arrival,
      ListenerConfig.Socks listener,
      Admission admission,
      ClientHandler handler,
      BindHandler binds) {
    this.arrival = arrival;
    this.listener = listener;
    this.admission = admission;
    this.handler = handler;
    this.binds = binds;
  }

  Arrival arrival() {
    return arrival;
  }

  ListenerConfig.Socks listener() {
    return listener;
  }

  ClientHandler handler() {
    return handler;
  }

  BindHandler binds() {
    return binds;
  }

  boolean isOver() {
    return over;
  }

  /** Reads on, where anything may still come. */
  void read() {
    if (!arrival.channel().isInputShutdown()) {
      arrival.channel().read();
    }
  }

  void startDeadline(Duration timeout) {
    deadline =
        arrival
            .channel()
            .eventLoop()
            .schedule(() -> timedOut(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
    arrival.channel().closeFuture().addListener(closed -> stopDeadline());
  }

  private void timedOut(Duration timeout) {
    failed(HandshakeFailure.TIMED_OUT, "no request within " + timeout.toMillis() + " ms");
    arrival.channel().close();
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
    admission.failed(arrival, failure, detail);
  }

  /** Something was thrown in the client's pipeline, which closes. */
  void failed(Throwable cause) {
    if (cause instanceof DecoderException) {
      failed(HandshakeFailure.MALFORMED, PlainWords.of(cause));
    } else if (Defects.isOne(cause)) {
      LOG.error("SOCKS handshake failed", cause);
      failed(HandshakeFailure.INTERNAL_ERROR, PlainWords.of(cause));
    } else {
      failed(HandshakeFailure.HUNG_UP, PlainWords.of(cause));
    }
    arrival.channel().close();
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
