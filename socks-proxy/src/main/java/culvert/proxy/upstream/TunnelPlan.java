package culvert.proxy.upstream;

import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Route;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Which SSH server a client's tunnel needs, as whom, where it leads, and what may happen where
 * there will be none.
 *
 * @param server as it is before it is known who logs in
 * @param fixed where the rule names the target, and not the client
 * @param remembered whether a tunnel to the destination is a reason never to connect it in
 *     plaintext because the SSH server cannot be reached
 */
public record TunnelPlan(
    ConfiguredServer configured,
    SshServer server,
    TunnelTarget target,
    Optional<FixedTarget> fixed,
    Fallback fallback,
    boolean remembered) {

  public static TunnelPlan of(
      String rule, ConnectionRequest request, Route.FtpTunnel route, SshProfile profile) {
    return of(rule, request, route.target(), route.fallback(), profile, true);
  }

  /** Any port may be asked for here: what never falls back needs not be remembered. */
  public static TunnelPlan of(
      String rule, ConnectionRequest request, Route.Tunnel route, SshProfile profile) {
    boolean fallsBack = !route.fallback().reasons().isEmpty();
    return of(rule, request, route.target(), route.fallback(), profile, fallsBack);
  }

  private static TunnelPlan of(
      String rule,
      ConnectionRequest request,
      Optional<Endpoint> ruled,
      Fallback fallback,
      SshProfile profile,
      boolean remembered) {
    ConfiguredServer configured = TunnelEnds.server(request, profile);
    TunnelTarget target = TunnelEnds.target(request, ruled);
    return new TunnelPlan(
        configured,
        configured.server(),
        target,
        ruled.map(named -> new FixedTarget(rule, target)),
        fallback,
        remembered);
  }

  public SshProfile profile() {
    return server.profile();
  }

  /**
   * Whether the client's own name for the destination stands for the SSH server too, and is
   * resolved there once more for every connection.
   */
  boolean leadsToTheServerItself() {
    return profile().host().isEmpty() && fixed.isEmpty() && server.address().isEmpty();
  }

  /** The same with the server that it has come to be, now that it is known who logs in. */
  TunnelPlan at(SshServer known) {
    return new TunnelPlan(configured, known, target, fixed, fallback, remembered);
  }

  /** The same with another target. */
  TunnelPlan to(String host) {
    TunnelTarget other = new TunnelTarget(host, target.port());
    return new TunnelPlan(configured, server, other, fixed, fallback, remembered);
  }

  /**
   * Connects ahead of the login as far as that needs nothing from FTP: to the server itself, or to
   * the first hop on the way whose login has to wait.
   *
   * @return empty: there is nothing to log in with
   */
  public Optional<SshTransport.Preparation> prepare(
      SshTransport ssh, Optional<String> socksUser, InetAddress client, EventLoop loop) {
    SshServer next = server;
    for (Optional<SshServer> hop = next.hop(); hop.isPresent(); hop = hop.get().hop()) {
      if (hop.get().profile().needsFtpUser() || hop.get().profile().needsFtpPassword()) {
        next = hop.get();
      }
    }
    Optional<SshServer> hop = next.hop();
    Optional<SshSessionSpec> via =
        hop.flatMap(h -> ClientLogin.withoutFtp(socksUser).session(h, client));
    return hop.isPresent() && via.isEmpty()
        ? Optional.empty()
        : Optional.of(ssh.prepare(next, client, via, loop));
  }

  /** Whose session, without an FTP login; empty: there is nothing to log in with. */
  public Optional<SshSessionSpec> session(Optional<String> socksUser, InetAddress client) {
    return ClientLogin.withoutFtp(socksUser).session(configured, client);
  }

  /** Whose session, with a captured login; see {@link ClientLogin#session}. */
  public Optional<SshSessionSpec> session(
      byte[] ftpUser, Optional<Password> password, Optional<String> socksUser, InetAddress client) {
    return ClientLogin.of(ftpUser, password, socksUser).session(configured, client);
  }
}
