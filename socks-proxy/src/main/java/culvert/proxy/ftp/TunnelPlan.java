package culvert.proxy.ftp;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Route;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.upstream.ClientLogin;
import culvert.proxy.upstream.ConfiguredServer;
import culvert.proxy.upstream.TunnelEnds;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TunnelTarget;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Which SSH server an FTP session needs, as whom, and where the tunnel leads.
 *
 * @param server as it is before it is known who logs in
 */
record TunnelPlan(
    ConfiguredServer configured, SshServer server, TunnelTarget target, Route.FtpTunnel route) {

  static TunnelPlan of(ConnectionRequest request, Route.FtpTunnel route, SshProfile profile) {
    ConfiguredServer configured = TunnelEnds.server(request, profile);
    return new TunnelPlan(
        configured, configured.server(), TunnelEnds.target(request, route.target()), route);
  }

  private SshProfile profile() {
    return server.profile();
  }

  /**
   * Whether the client's own name for the FTP server stands for the SSH server too, and is resolved
   * there once more for every connection.
   */
  boolean leadsToTheServerItself() {
    return profile().host().isEmpty() && route.target().isEmpty() && server.address().isEmpty();
  }

  /** The same with the server that it has come to be, now that it is known who logs in. */
  TunnelPlan at(SshServer known) {
    return new TunnelPlan(configured, known, target, route);
  }

  /** The same with another target. */
  TunnelPlan to(String host) {
    return new TunnelPlan(configured, server, new TunnelTarget(host, target.port()), route);
  }

  /** How much of the FTP login the SSH login needs; empty: nothing. */
  Optional<LoginDepth> depth() {
    if (profile().needsFtpPassword()) {
      return Optional.of(LoginDepth.USER_AND_PASSWORD);
    }
    return profile().needsFtpUser() ? Optional.of(LoginDepth.USER) : Optional.empty();
  }

  /**
   * Connects ahead of the login as far as that needs nothing from FTP: to the server itself, or to
   * the first hop on the way whose login has to wait.
   *
   * @return empty: there is nothing to log in with
   */
  Optional<SshTransport.Preparation> prepare(
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
  Optional<SshSessionSpec> session(Optional<String> socksUser, InetAddress client) {
    return ClientLogin.withoutFtp(socksUser).session(configured, client);
  }

  /** Whose session, with a captured login; see {@link ClientLogin#session}. */
  Optional<SshSessionSpec> session(
      byte[] ftpUser, Optional<Password> password, Optional<String> socksUser, InetAddress client) {
    return ClientLogin.of(ftpUser, password, socksUser).session(configured, client);
  }
}
