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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * For clients that come for data as they came for the control connection: through the front door.
 * Expects what the server announces, and chooses the address for which they will ask.
 */
final class ExpectedPorts implements PassivePorts {
  private final EventLoop loop;
  private final Announcements announcements;
  private final PassiveAddress address;
  private final Set<Integer> controlPorts;

  /**
   * @param destination where the session leads: what the client asked the front door for, or what
   *     it has named since
   * @param upstream the way that data connections will take
   */
  ExpectedPorts(
      FtpServices services, Client client, ConnectionRequest destination, Upstream upstream) {
    InetAddress own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    this.loop = client.channel().eventLoop();
    ConnectionRequest asked = client.request();
    this.controlPorts = new HashSet<>(List.of(asked.port(), destination.port()));
    boolean named = !destination.host().equals(asked.host());
    this.address = new PassiveAddress(PassiveAddress.asked(client, destination), own);
    this.announcements =
        services
            .expected()
            .open(
                new SessionClient(
                    asked.listener(),
                    client.address().getAddress(),
                    client.user(),
                    services.owners().socket(client.channel())),
                upstream);
    announcements.knownAs(asked.host());
    announcements.knownAs(destination.host());
    announcements.alsoClaimedAs(own);
    if (upstream instanceof Upstream.Plain plain) {
      announcements.knownAs(plain.address());
    }
    resolve(services.resolver(), asked.host(), address::resolved);
    if (named) {
      resolve(services.resolver(), destination.host(), addresses -> {});
    }
  }

  /** What the name resolves to here is another way to ask for the server. */
  private void resolve(
      AddressResolver resolver, String host, Consumer<List<InetAddress>> alsoTold) {
    resolver
        .resolve(host, loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    resolved.getNow().forEach(announcements::knownAs);
                    alsoTold.accept(resolved.getNow());
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

  @Override
  public void expectAnyPort(Function<PassiveReply, DataTaker> takers) {
    announcements.expectAny(
        controlPorts, port -> takers.apply(new PassiveReply(Optional.empty(), port)));
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
