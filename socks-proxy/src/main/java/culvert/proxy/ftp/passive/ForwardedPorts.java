package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataDoor;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.relay.HomeLoop;
import culvert.ssh.AddressResolver;
import culvert.ssh.BindAddress;
import culvert.ssh.RemoteForward;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * For clients that came by a remote forward: a second one for each announcement, on the SSH
 * server's address by which they came. A new announcement takes the place of the last one, as it
 * does on the server.
 */
public final class ForwardedPorts implements PassivePorts {
  private static final List<String> EVERY_ADDRESS = List.of("", "*", "0.0.0.0", "::");

  private final AddressResolver resolver;
  private final DataDoor door;
  private final Client client;
  private final ForwardedBy by;
  private final HomeLoop home;
  private @Nullable Future<RemoteForward> present;
  private @Nullable ScheduledFuture<?> timeout;
  private int newest; // announcement
  private boolean stopped;

  public ForwardedPorts(PassiveServices services, Client client, ForwardedBy by) {
    this.resolver = services.resolver();
    this.door = services.listeners().door();
    this.client = client;
    this.by = by;
    this.home = client.home();
  }

  @Override
  public Future<Announced> expect(
      int request, PassiveReply reply, boolean extended, DataTaker taker) {
    home.check();
    closePresent();
    int mine = ++newest;
    Promise<Announced> announced = home.newPromise();
    if (extended) {
      listen(Optional.empty(), taker, announced);
      return announced;
    }
    String host =
        EVERY_ADDRESS.contains(by.bound().host()) ? by.server().host() : by.bound().host();
    resolver
        .resolve(host, home.loop())
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  Optional<Inet4Address> named = ipv4(resolved);
                  if (mine != newest) {
                    announced.setFailure(new IllegalStateException("announced anew meanwhile"));
                  } else if (named.isPresent()) {
                    listen(named, taker, announced);
                  } else {
                    announced.setFailure(
                        new IllegalStateException("PASV cannot name " + host + ", use EPSV"));
                  }
                });
    return announced;
  }

  private static Optional<Inet4Address> ipv4(Future<List<InetAddress>> resolved) {
    return !resolved.isSuccess()
        ? Optional.empty()
        : resolved.getNow().stream()
            .filter(Inet4Address.class::isInstance)
            .map(Inet4Address.class::cast)
            .findFirst();
  }

  private void listen(Optional<Inet4Address> named, DataTaker taker, Promise<Announced> announced) {
    if (stopped) {
      announced.setFailure(new IllegalStateException("the FTP session has ended"));
      return;
    }
    Future<RemoteForward> forward =
        by.session()
            .requestRemoteForward(
                new BindAddress(dataHost(by.bound().host(), client.address().getAddress()), 0),
                home.loop(),
                new PassiveForward(client, by, taker, door));
    present = forward;
    forward.addListener(
        (FutureListener<RemoteForward>)
            listening -> {
              if (listening.isSuccess()) {
                announced.setSuccess(new Announced(named, listening.getNow().bound().port()));
                timeout =
                    home.in(ExpectedDataConnections.VALID_FOR, () -> listening.getNow().cancel());
              } else {
                announced.setFailure(listening.cause());
              }
            });
  }

  /**
   * Where the SSH server listens for data. Asked for localhost, OpenSSH takes a free port of ::1
   * and the same one of 127.0.0.1, and leaves that out without a word where somebody has it.
   *
   * @param control where it listens for control connections
   * @param originator of this one
   */
  static String dataHost(String control, InetAddress originator) {
    if (!control.equalsIgnoreCase("localhost") || !originator.isLoopbackAddress()) {
      return control;
    }
    return originator instanceof Inet6Address ? "::1" : "127.0.0.1";
  }

  private void closePresent() {
    if (timeout != null) {
      timeout.cancel(false);
      timeout = null;
    }
    if (present != null && present.isSuccess()) {
      present.getNow().cancel();
    } else if (present != null) {
      present.cancel(false);
    }
    present = null;
  }

  @Override
  public boolean stop() {
    home.check();
    stopped = true;
    closePresent();
    return false;
  }

  @Override
  public void close() {
    stop();
  }
}
