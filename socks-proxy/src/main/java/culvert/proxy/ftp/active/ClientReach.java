package culvert.proxy.ftp.active;

import culvert.proxy.door.Client;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.ftp.core.PortCommand;
import culvert.proxy.ftp.data.PassiveAddress;
import culvert.proxy.relay.HomeLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Finds the client that a PORT names: nobody but the session's client itself, at its own address,
 * or a SOCKS client of its that waits beside the session. Confined to the session's loop.
 */
final class ClientReach implements AutoCloseable {
  /** From which FTP servers connect. */
  static final int DATA_PORT = 20;

  private final ActiveData.Needs needs;
  private final Client client;
  private final PassiveAddress serverAddress;
  private final Optional<BindTable.Session> binds;
  private final HomeLoop home;

  /**
   * @param serverAddress as the client knows it
   */
  ClientReach(ActiveData.Needs needs, Client client, PassiveAddress serverAddress) {
    this.needs = needs;
    this.client = client;
    this.home = client.home();
    this.serverAddress = serverAddress;
    this.binds = client.forwardedBy().isPresent() ? Optional.empty() : Optional.of(openBinds());
  }

  private BindTable.Session openBinds() {
    return needs
        .services()
        .binds()
        .open(
            client.address().getAddress(), client.user(), needs.owners().socket(client.arrival()));
  }

  /**
   * The way to the client; empty: it may not be reached there. Who cancels the future never has
   * anything to give back.
   */
  Future<Optional<ClientWay>> find(PortCommand.Target target) {
    Promise<Optional<ClientWay>> found = home.newPromise();
    binds
        .map(own -> own.claim(target.address(), home.loop()))
        .orElseGet(() -> home.loop().newSucceededFuture(Optional.empty()))
        .addListener(
            (FutureListener<Optional<BindTable.Waiting>>)
                claimed -> {
                  Optional<ClientWay> bound = claimed.getNow().map(this::bound);
                  if (!found.trySuccess(bound.or(() -> listener(target)))) {
                    bound.ifPresent(ClientWay::close);
                  }
                });
    return found;
  }

  private ClientWay bound(BindTable.Waiting bind) {
    return new ClientWay.Bound(bind, server());
  }

  /** From where the client expects its data. */
  private InetSocketAddress server() {
    return new InetSocketAddress(serverAddress.asKnownToClient(), DATA_PORT);
  }

  private Optional<ClientWay> listener(PortCommand.Target target) {
    InetAddress own = client.address().getAddress();
    InetAddress named = target.address().getAddress();
    int port = target.address().getPort();
    boolean isOwn =
        CommandNamespace.of(client.arrival())
            .map(namespace -> namespace.isOwn(named))
            .orElseGet(() -> own.equals(named));
    return isOwn
            && target.portAllowed()
            && (client.forwardedBy().isPresent() || !needs.held().isHeld(own, port))
        ? Optional.of(
            new ClientWay.Listener(
                new InetSocketAddress(own, port),
                client,
                ClientDialer.to(
                    client, named, server(), needs.direct(), needs.services().limits())))
        : Optional.empty();
  }

  @Override
  public void close() {
    binds.ifPresent(BindTable.Session::close);
  }
}
