package culvert.proxy.door;

import culvert.proxy.event.Endpoints;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;
import culvert.proxy.event.RefusedClients.RefusedClient;
import culvert.ssh.Printable;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who may come in by one listener, and what is told of those who do not. In two halves: {@link
 * #hasRoomFor} for whoever has connected, and {@link #letIn} for a client whose address is certain.
 * Thread-safe.
 */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final String listener;
  private final AllowFrom allowFrom;
  private final ConnectionLimits limits;
  private final BeforeLogin beforeLogin;
  private final ProxyEvents events;
  private final RefusedClients refused;

  /**
   * @param listener its name
   * @param allowFrom who may use it
   */
  public Admission(
      String listener,
      AllowFrom allowFrom,
      ConnectionLimits limits,
      BeforeLogin beforeLogin,
      ProxyEvents events,
      RefusedClients refused) {
    this.listener = listener;
    this.allowFrom = allowFrom;
    this.limits = limits;
    this.beforeLogin = beforeLogin;
    this.events = events;
    this.refused = refused;
  }

  /**
   * Counts what has connected until its channel closes; closes it where there is no room.
   *
   * @param socket whose addresses need not be the client's
   */
  public boolean hasRoomFor(Arrival socket) {
    if (!limits.tryAcquire()) {
      refuse(
          socket, HandshakeFailure.TOO_MANY_CONNECTIONS, limits.open() + " connections are open");
      return false;
    }
    socket.channel().closeFuture().addListener(closed -> limits.release());
    return true;
  }

  /**
   * Lets the client in for which there is room, perhaps later, or closes its channel. On the
   * channel's loop, before it is active; add the handlers that see to the client then. They hear
   * that the channel is active when the client is in, and may find an {@link
   * culvert.proxy.relay.EarlyReads} before them.
   *
   * @return false: it is refused
   */
  public boolean letIn(Arrival client) {
    InetAddress address = client.peer().getAddress();
    if (!allowFrom.contains(address)) {
      refuse(client, HandshakeFailure.ADDRESS_NOT_ALLOWED, "not in allow-from");
      return false;
    }
    if (!limits.tryShare(address, client.forwardedBy())) {
      refuse(client, HandshakeFailure.TOO_MANY_CONNECTIONS, "this client has its share");
      return false;
    }
    Channel channel = client.channel();
    channel.closeFuture().addListener(closed -> limits.releaseShare(address, client.forwardedBy()));
    Future<Boolean> entered = beforeLogin.enter(client);
    if (entered.isDone()) {
      return entered.getNow() || refusedAsTooMany(client);
    }
    Entrance entrance = Entrance.closed(channel);
    entered.addListener(
        (FutureListener<Boolean>)
            later -> {
              if (later.getNow()) {
                entrance.open(channel);
              } else {
                entrance.refuse();
                refusedAsTooMany(client);
              }
            });
    return true;
  }

  private boolean refusedAsTooMany(Arrival client) {
    refuse(
        client,
        HandshakeFailure.TOO_MANY_CONNECTIONS,
        "too many of this client have not logged in");
    return false;
  }

  private void refuse(Arrival client, HandshakeFailure failure, String detail) {
    failed(client, failure, detail);
    client.channel().close();
  }

  /** Counts and logs a client that does not come to ask for a destination. */
  public void failed(Arrival client, HandshakeFailure failure, String detail) {
    events.handshakeFailed(failure);
    refused.refused(new RefusedClient(listener, client.peer(), Origin.of(client), failure, detail));
    LOG.atLevel(level(failure))
        .addKeyValue("listener", listener)
        .addKeyValue("client", Endpoints.fields(client.peer()))
        .addKeyValue("reason", failure)
        .addKeyValue("detail", Printable.text(detail))
        .log("handshake failed");
  }

  private static Level level(HandshakeFailure failure) {
    return switch (failure) {
      case HUNG_UP -> Level.DEBUG;
      case OWN_CONNECTION -> Level.WARN;
      default -> Level.INFO;
    };
  }
}
