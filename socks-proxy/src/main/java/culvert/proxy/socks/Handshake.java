package culvert.proxy.socks;

import culvert.config.ListenerConfig;
import culvert.proxy.door.Admission;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.BindHandler;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.event.HandshakeFailure;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client's handshake: its deadline and its one end. */
final class Handshake {
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

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
