package culvert.proxy.ftp.passive;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.PassiveAddress;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A session's part of the table of expected data connections, and the names under which its client
 * may ask for the server: what the client itself has named, what was reached under that name, and
 * what the client is told. Other addresses that the name has here are held, in case that they are
 * the server; who comes there is not taken for its client, for they can be anybody's. What the
 * server says of itself counts for nothing.
 *
 * @param loop the session's
 */
public record KnownServer(Announcements announcements, PassiveAddress address, EventLoop loop) {

  /**
   * Enters a session into the table.
   *
   * @param destination where the session leads: what the client asked the front door for, or what
   *     it has named since
   */
  public static KnownServer of(
      PassiveServices services,
      Client client,
      ConnectionRequest destination,
      PassiveUpstream upstream) {
    ConnectionRequest asked = client.request();
    SessionClient of =
        new SessionClient(
            asked.listener(),
            client.address().getAddress(),
            client.user(),
            services.owners().socket(client.arrival()),
            client.isCaptured());
    Announcements announcements =
        services
            .table()
            .open(
                of,
                upstream.upstream(),
                Set.copyOf(List.of(asked.port(), destination.port())),
                port -> upstream.takers().apply(new PassiveReply(Optional.empty(), port)));
    KnownServer known =
        new KnownServer(announcements, upstream.address(), client.channel().eventLoop());
    known.named(asked);
    known.named(destination);
    upstream.upstream().reached().ifPresent(announcements::knownAs);
    known.maybeAt(upstream.address().addresses());
    if (!destination.host().equals(asked.host())) {
      known.maybeAt(services.resolver().resolve(destination.host(), known.loop()));
    }
    InetAddress own = client.arrival().own().getAddress();
    announcements.alsoClaimedAs(own);
    return known;
  }

  /** For a client that names its destinations and does not come for its data in the usual way. */
  public static Optional<KnownServer> ofTunnel(
      PassiveServices services,
      Client client,
      ConnectionRequest destination,
      PassiveUpstream upstream) {
    return client.namesDestination() && upstream.upstream().isTunnelled()
        ? Optional.of(of(services, client, destination, upstream))
        : Optional.empty();
  }

  /** What the client has named, and the address of it that the rules have chosen. */
  private void named(ConnectionRequest request) {
    announcements.knownAs(request.host());
    if (request.address() instanceof DestinationAddress.Known known) {
      announcements.knownAs(known.address());
    }
  }

  /** What a name resolves to here can be the server. */
  private void maybeAt(Future<List<InetAddress>> addresses) {
    addresses.addListener(
        (FutureListener<List<InetAddress>>)
            resolved -> {
              if (resolved.isSuccess()) {
                resolved.getNow().forEach(announcements::maybeKnownAs);
              }
            });
  }
}
