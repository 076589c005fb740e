package culvert.proxy.door;

import culvert.config.Cidr;
import culvert.proxy.event.Endpoints;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.Printable;
import java.net.InetAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Who may come in by one listener, and what is told of those who do not. Thread-safe. */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final String listener;
  private final List<Cidr> allowFrom;
  private final ConnectionLimits limits;
  private final ProxyEvents events;

  /**
   * @param listener its name
   * @param allowFrom the client networks that may use it
   */
  public Admission(
      String listener, List<Cidr> allowFrom, ConnectionLimits limits, ProxyEvents events) {
    this.listener = listener;
    this.allowFrom = List.copyOf(allowFrom);
    this.limits = limits;
    this.events = events;
  }

  /** Counts the client until its channel closes; one that may not come in is closed at once. */
  public boolean admits(Arrival client) {
    InetAddress address = client.peer().getAddress();
    if (allowFrom.stream().noneMatch(network -> network.contains(address))) {
      refuse(client, HandshakeFailure.ADDRESS_NOT_ALLOWED, "not in allow-from");
      return false;
    }
    if (!limits.tryAcquire(address, client.forwardedBy())) {
      String open = limits.open() + " connections are open";
      refuse(client, HandshakeFailure.TOO_MANY_CONNECTIONS, open);
      return false;
    }
    client
        .channel()
        .closeFuture()
        .addListener(closed -> limits.release(address, client.forwardedBy()));
    return true;
  }

  private void refuse(Arrival client, HandshakeFailure failure, String detail) {
    failed(client, failure, detail);
    client.channel().close();
  }

  /** Counts and logs a client that does not come to ask for a destination. */
  public void failed(Arrival client, HandshakeFailure failure, String detail) {
    events.handshakeFailed(failure);
    LOG.atLevel(failure == HandshakeFailure.HUNG_UP ? Level.DEBUG : Level.INFO)
        .addKeyValue("listener", listener)
        .addKeyValue("src", Endpoints.text(client.peer()))
        .addKeyValue("reason", failure)
        .addKeyValue("detail", Printable.text(detail))
        .log("handshake failed");
  }
}
