package culvert.proxy.ftp;

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
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where an SSH server is to listen for the FTP server's data connections, and under which address
 * the FTP server finds it. FTP servers connect to nobody but the peer of the control connection: on
 * the SSH server's own host that is its loopback; any other one sees an address of the SSH server,
 * which must then be allowed to listen there (GatewayPorts).
 */
record ForwardPlan(Upstream.Tunnelled upstream, AddressResolver resolver) {
  private static final BindAddress LOOPBACK = new BindAddress("localhost", 0);
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

  Future<RemoteForward> request(EventLoop loop, ForwardedConnections connections) {
    return upstream
        .session()
        .requestRemoteForward(loopback() ? LOOPBACK : ANYWHERE, loop, connections);
  }

  /** What the FTP server is told. */
  Future<InetAddress> address(EventLoop loop) {
    if (loopback()) {
      boolean ipv6 = literal(upstream.host()) instanceof Inet6Address;
      return loop.newSucceededFuture(ipv6 ? NetUtil.LOCALHOST6 : NetUtil.LOCALHOST4);
    }
    Promise<InetAddress> address = loop.newPromise();
    resolver
        .resolve(upstream.server().host(), loop)
        .addListener(
            (FutureListener<List<InetAddress>>)
                resolved -> {
                  if (resolved.isSuccess()) {
                    address.setSuccess(resolved.getNow().get(0));
                  } else {
                    address.setFailure(resolved.cause());
                  }
                });
    return address;
  }

  private static @Nullable InetAddress literal(String host) {
    return NetUtil.createInetAddressFromIpAddressString(host);
  }
}
