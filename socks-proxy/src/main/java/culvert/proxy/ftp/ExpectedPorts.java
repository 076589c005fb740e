package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.ssh.AddressResolver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * For clients that come for data as they came for the control connection: through the front door.
 * Expects what the server announces, and chooses the address for which they will ask.
 */
final class ExpectedPorts implements PassivePorts {
  private final EventLoop loop;
  private final ExpectedDataConnections.Announcements announcements;
  private final PassiveAddress address;

  /**
   * @param request what the client asked for
   * @param upstream the way that data connections will take
   */
  ExpectedPorts(FtpServices services, Client client, ConnectionRequest request, Upstream upstream) {
    InetAddress own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    boolean tunnelled = upstream instanceof Upstream.Tunnelled;
    this.loop = client.channel().eventLoop();
    this.address = new PassiveAddress(request, own);
    this.announcements =
        services
            .expected()
            .open(
                client.address().getAddress(),
                client.user(),
                services.owners().socket(client.channel()),
                tunnelled);
    announcements.knownAs(client.request().host());
    announcements.knownAs(request.host());
    announcements.alsoClaimedAs(own);
    if (upstream instanceof Upstream.Plain plain) {
      announcements.knownAs(plain.address());
    }
    resolve(services.resolver(), request);
  }

  /** What the name resolves to here is another way to ask for the server. */
  private void resolve(AddressResolver resolver, ConnectionRequest request) {
    resolver
        .resolve(request.host(), loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    resolved.getNow().forEach(announcements::knownAs);
                    address.resolved(resolved.getNow());
                  }
                });
  }

  @Override
  public Future<Announced> expect(PassiveReply reply, boolean extended, DataTaker taker) {
    int port = announcements.expect(reply.port(), taker);
    reply.address().ifPresent(this::alsoKnownAs);
    Optional<Inet4Address> announced = address.announce(reply.address());
    announced.ifPresent(this::alsoKnownAs);
    return loop.newSucceededFuture(new Announced(announced, port));
  }

  private void alsoKnownAs(InetAddress alias) {
    if (address.usable(alias)) {
      announcements.knownAs(alias);
    } else {
      announcements.alsoClaimedAs(alias);
    }
  }

  @Override
  public boolean stop() {
    return announcements.stopExpecting();
  }

  @Override
  public void close() {
    announcements.close();
  }
}
