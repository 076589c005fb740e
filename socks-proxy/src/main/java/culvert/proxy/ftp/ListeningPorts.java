package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.PassiveReply;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * For clients that connect to what the reply names: a listener of ours for each announcement, on
 * the address where the client has reached us. A new announcement takes the place of the last one,
 * as it does on the server.
 */
final class ListeningPorts implements PassivePorts {
  private final DataListeners listeners;
  private final InetAddress own;
  private final DataListener.Awaited awaited;
  private final EventLoop loop;
  private @Nullable DataListener present;
  private boolean stopped;

  ListeningPorts(FtpServices services, Client client) {
    this.listeners = services.listeners();
    this.own = ((InetSocketAddress) client.channel().localAddress()).getAddress();
    this.awaited =
        new DataListener.Awaited(
            client.address().getAddress(),
            client.user(),
            services.owners().socket(client.channel()),
            client.request().listener());
    this.loop = client.channel().eventLoop();
  }

  @Override
  public Future<Announced> expect(PassiveReply reply, boolean extended, DataTaker taker) {
    closePresent();
    if (!extended && !(own instanceof Inet4Address)) {
      return loop.newFailedFuture(
          new IllegalStateException("PASV cannot name " + own.getHostAddress() + ", use EPSV"));
    }
    Promise<Announced> announced = loop.newPromise();
    listeners
        .listen(own, awaited, taker, loop)
        .addListener(
            (Future<DataListener> listening) -> {
              if (!listening.isSuccess()) {
                announced.setFailure(listening.cause());
              } else if (stopped) {
                listening.getNow().close();
                announced.setFailure(new IllegalStateException("the FTP session has ended"));
              } else {
                present = listening.getNow();
                announced.setSuccess(announcement(present.address()));
              }
            });
    return announced;
  }

  private static Announced announcement(InetSocketAddress listening) {
    return new Announced(
        listening.getAddress() instanceof Inet4Address address
            ? Optional.of(address)
            : Optional.empty(),
        listening.getPort());
  }

  private void closePresent() {
    if (present != null) {
      present.close();
      present = null;
    }
  }

  @Override
  public boolean stop() {
    stopped = true;
    closePresent();
    return false;
  }

  @Override
  public void close() {
    stop();
  }
}
