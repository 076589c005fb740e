package culvert.proxy.tunnel;

import culvert.config.Cidr;
import culvert.config.Fallback;
import culvert.config.ListenerConfig;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.route.FixedWay;
import java.util.List;
import java.util.Optional;

/** What the routing does for fixed tunnels. They never fall back to plaintext. */
public final class FixedTunnels {
  /** Whom an SSH server lets connect to a remote forward, its administrator decides. */
  public static final List<Cidr> ANYWHERE = List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0"));

  private FixedTunnels() {}

  /** Through the SSH server to the target; an FTP client there speaks no SOCKS. */
  public static FixedWay way(ListenerConfig.Tunnel tunnel) {
    return switch (tunnel.protocol()) {
      case TCP ->
          policy -> new Route.Tunnel(tunnel.profile(), Optional.of(tunnel.target()), Fallback.NONE);
      case FTP ->
          policy ->
              new Route.FtpTunnel(
                  tunnel.profile(),
                  Optional.of(tunnel.target()),
                  Fallback.NONE,
                  new FtpHandling(policy.ftp().withListeners(), false));
    };
  }

  /** Straight to the target: it is the client that came through SSH. */
  public static FixedWay way(ListenerConfig.RemoteTunnel tunnel) {
    return switch (tunnel.protocol()) {
      case TCP -> policy -> new Route.Direct(Optional.empty());
      case FTP ->
          policy ->
              new Route.Direct(Optional.of(new FtpHandling(policy.ftp().withListeners(), false)));
    };
  }
}
