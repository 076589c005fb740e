package culvert.proxy.event;

import culvert.filter.ConnectionRequest;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Begins the story of each client connection. Thread-safe. */
public final class ConnectionLog {
  private final ProxyEvents events;
  private final LongSupplier nanoTime;
  private final AtomicLong lastId = new AtomicLong();

  public ConnectionLog(ProxyEvents events, LongSupplier nanoTime) {
    this.events = events;
    this.nanoTime = nanoTime;
  }

  /** A client has asked for a destination. */
  public ConnectionRecorder start(InetSocketAddress client, ConnectionRequest request) {
    events.connectionStarted();
    return new LoggedConnection(lastId.incrementAndGet(), client, request, events, nanoTime);
  }
}
