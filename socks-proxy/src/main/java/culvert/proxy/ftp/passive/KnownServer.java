package culvert.proxy.ftp.passive;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.data.PassiveAddress;
import culvert.proxy.ftp.data.Upstream;
import culvert.proxy.upstream.TunnelEnds;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A session's part of the table of expected data connections, and the names under which its client
 * may ask for the server: what the client itself has named, what that is found to be here, and what
 * it is told. Never what the server says of itself.
 *
 * @param loop the session's
 */
public record KnownServer(Announcements announcements, PassiveAddress address, EventLoop loop) {

  /**
   * Enters a session into the table.
   *
   * @param destination where the session leads: what the client asked the front door for, or what
   *     it has named since
   * @param upstream the way that data connections will take
   * @param takers by the port, in the form of an announcement that nobody has seen
   */
  public static KnownServer of(
      PassiveServices services,
      Client client,
      ConnectionRequest destination,
      Upstream upstream,
      Function<PassiveReply, DataTaker> takers) {
    InetAddress own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    ConnectionRequest asked = client.request();
    SessionClient of =
        new SessionClient(
            asked.listener(),
            client.address().getAddress(),
            client.user(),
            services.owners().socket(client.channel()));
    Announcements announcements =
        services
            .table()
            .open(
                of,
                upstream,
                Set.copyOf(List.of(asked.port(), destination.port())),
                port -> takers.apply(new PassiveReply(Optional.empty(), port)));
    KnownServer known =
        new KnownServer(
            announcements,
            new PassiveAddress(PassiveAddress.asked(client, destination), own),
            client.channel().eventLoop());
    known.named(services, asked, destination, upstream);
    announcements.alsoClaimedAs(own);
    return known;
  }

  /** For a client that names its destinations and does not come for its data in the usual way. */
  public static Optional<KnownServer> ofTunnel(
      PassiveServices services,
      Client client,
      ConnectionRequest destination,
      Upstream upstream,
      Function<PassiveReply, DataTaker> takers) {
    return client.namesDestination() && upstream instanceof Upstream.Tunnelled
        ? Optional.of(of(services, client, destination, upstream, takers))
        : Optional.empty();
  }

  private void named(
      PassiveServices services,
      ConnectionRequest asked,
      ConnectionRequest destination,
      Upstream upstream) {
    announcements.knownAs(asked.host());
    announcements.knownAs(destination.host());
    if (upstream instanceof Upstream.Plain plain) {
      announcements.knownAs(plain.address());
    } else if (upstream instanceof Upstream.Tunnelled tunnelled) {
      TunnelEnds.destination(tunnelled.server(), tunnelled.session())
          .ifPresent(announcements::knownAs);
    }
    resolve(services, asked.host(), true);
    if (!destination.host().equals(asked.host())) {
      resolve(services, destination.host(), false);
    }
  }

  /** What the name resolves to here is another way to ask for the server. */
  private void resolve(PassiveServices services, String host, boolean told) {
    services
        .resolver()
        .resolve(host, loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    resolved.getNow().forEach(announcements::knownAs);
                    if (told) {
                      address.resolved(resolved.getNow());
                    }
                  }
                });
  }
}
