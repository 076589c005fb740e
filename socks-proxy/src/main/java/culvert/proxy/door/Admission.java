package culvert.proxy.door;

import culvert.config.Cidr;
import culvert.proxy.event.Endpoints;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.Printable;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
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
  public boolean admits(Channel channel, InetSocketAddress client) {
    return admits(channel, client, Optional.empty());
  }

  /**
   * The same.
   *
   * @param by the remote forward by which the client has come
   */
  public boolean admits(Channel channel, InetSocketAddress client, Optional<ForwardedBy> by) {
    if (allowFrom.stream().noneMatch(network -> network.contains(client.getAddress()))) {
      refuse(channel, client, HandshakeFailure.ADDRESS_NOT_ALLOWED, "not in allow-from");
      return false;
    }
    if (!limits.tryAcquire(client.getAddress(), by)) {
      String open = limits.open() + " connections are open";
      refuse(channel, client, HandshakeFailure.TOO_MANY_CONNECTIONS, open);
      return false;
    }
    channel.closeFuture().addListener(closed -> limits.release(client.getAddress(), by));
    return true;
  }

  private void refuse(
      Channel channel, InetSocketAddress client, HandshakeFailure failure, String detail) {
    failed(client, failure, detail);
    channel.close();
  }

  /** Counts and logs a client that does not come to ask for a destination. */
  public void failed(InetSocketAddress client, HandshakeFailure failure, String detail) {
    events.handshakeFailed(failure);
    LOG.atLevel(failure == HandshakeFailure.HUNG_UP ? Level.DEBUG : Level.INFO)
        .addKeyValue("listener", listener)
        .addKeyValue("src", Endpoints.text(client))
        .addKeyValue("reason", failure)
        .addKeyValue("detail", Printable.text(detail))
        .log("handshake failed");
  }
}
