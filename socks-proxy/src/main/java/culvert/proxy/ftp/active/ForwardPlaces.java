package culvert.proxy.ftp.active;

import culvert.proxy.upstream.Upstream;
import culvert.ssh.AddressResolver;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.RemoteForward;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an SSH server is to listen for the FTP server's data connections, and under which address
 * the FTP server finds it. FTP servers connect to nobody but the peer of the control connection: on
 * the SSH server's own host that is its loopback; any other one sees an address of the SSH server,
 * which must then be allowed to listen there (GatewayPorts).
 */
record ForwardPlaces(Upstream.Tunnelled upstream, AddressResolver resolver) {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardPlaces.class);
  private static final BindAddress LOOPBACK_4 = new BindAddress("127.0.0.1", 0);
  private static final BindAddress LOOPBACK_6 = new BindAddress("::1", 0);
  private static final BindAddress ANYWHERE = new BindAddress("", 0);

  /** Whether the FTP server is reached through the SSH server's loopback. */
  boolean loopback() {
    String lower = upstream.host().toLowerCase(Locale.ROOT);
    String host = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    InetAddress literal = literal(host);
    return literal == null
        ? host.equals("localhost") || host.endsWith(".localhost")
        : literal.isLoopbackAddress();
  }

  /**
   * Asks for all forwards that may be needed, not none. By the name localhost OpenSSH would listen
   * on one port of both families, and leave one of them out without a word where somebody has it.
   */
  List<Future<RemoteForward>> request(EventLoop loop, ForwardedConnections connections) {
    return binds().stream()
        .map(bind -> upstream.session().requestRemoteForward(bind, loop, connections))
        .toList();
  }

  private List<BindAddress> binds() {
    if (!loopback()) {
      return List.of(ANYWHERE);
    }
    InetAddress literal = literal(upstream.host());
    if (literal == null) { // whichever the name is there
      return List.of(LOOPBACK_4, LOOPBACK_6);
    }
    return List.of(literal instanceof Inet6Address ? LOOPBACK_6 : LOOPBACK_4);
  }

  /**
   * From where the FTP server may connect: whoever else reaches the forward would get a download,
   * or make up an upload. Never fails; where nothing is known of the server, anybody may.
   */
  Future<DataPeers> peers(EventLoop loop) {
    if (loopback()) {
      return loop.newSucceededFuture(new DataPeers.Loopback());
    }
    Promise<DataPeers> found = loop.newPromise();
    resolver
        .resolve(upstream.host(), loop)
        .addListener(
            (FutureListener<List<InetAddress>>) resolved -> found.setSuccess(peers(resolved)));
    return found;
  }

  private DataPeers peers(Future<List<InetAddress>> resolved) {
    if (resolved.isSuccess()) {
      return of(resolved.getNow());
    }
    // A name that nobody has looked up says nothing of who may come.
    return resolved.cause() instanceof UnknownHostException ? any() : of(List.of());
  }

  private DataPeers of(List<InetAddress> target) {
    Set<InetAddress> known = new LinkedHashSet<>(target);
    upstream.session().serverAddress().ifPresent(known::add); // both may be one host
    return new DataPeers.Known(known);
  }

  private DataPeers any() {
    LOG.atWarn()
        .addKeyValue("destination", Map.of("host", upstream.host()))
        .addKeyValue("ssh", Map.of("server", upstream.server()))
        .log(
            "data connections to the remote forward are taken from anybody: the name of the FTP"
                + " server does not resolve here");
    return new DataPeers.Anybody();
  }

  /**
   * Where the FTP server may be told to connect, not empty.
   *
   * @param forwards those that stand, not none
   */
  Future<List<InetSocketAddress>> names(List<RemoteForward> forwards, EventLoop loop) {
    if (loopback()) {
      return loop.newSucceededFuture(
          forwards.stream()
              .map(RemoteForward::bound)
              .map(bound -> new InetSocketAddress(asked(bound), bound.port()))
              .toList());
    }
    int port = forwards.get(0).bound().port();
    Promise<List<InetSocketAddress>> names = loop.newPromise();
    resolver
        .resolve(upstream.server().host(), loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    names.setSuccess(
                        resolved.getNow().stream()
                            .map(address -> new InetSocketAddress(address, port))
                            .toList());
                  } else {
                    names.setFailure(resolved.cause());
                  }
                });
    return names;
  }

  private static InetAddress asked(BindAddress loopback) {
    return loopback.host().equals(LOOPBACK_6.host()) ? NetUtil.LOCALHOST6 : NetUtil.LOCALHOST4;
  }

  private static @Nullable InetAddress literal(String host) {
    return NetUtil.createInetAddressFromIpAddressString(host);
  }
}
