package culvert.proxy.upstream;

import culvert.config.Endpoint;
import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.TunnelTarget;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Optional;

/**
 * From where to where a client's tunnel leads. An address that the rules have decided by is the one
 * that is taken: the name may have others. Where they have decided without one, because the name
 * did not resolve here, nobody here resolves it any more.
 */
public final class TunnelEnds {
  private TunnelEnds() {}

  /** The profile's SSH server, else the host that the client asked for. */
  public static ConfiguredServer server(ConnectionRequest request, SshProfile profile) {
    return new ConfiguredServer(profile, request.host(), request.address());
  }

  /**
   * As the SSH server is told.
   *
   * @param ruled the rule's target; empty: what the client asked for
   */
  public static TunnelTarget target(ConnectionRequest request, Optional<Endpoint> ruled) {
    return ruled
        .map(TunnelTarget::of)
        .orElseGet(
            () ->
                new TunnelTarget(
                    decidedBy(request).map(NetUtil::toAddressString).orElse(request.host()),
                    request.port()));
  }

  /**
   * The address of what the client has asked for, as a tunnel has shown it: where that is the SSH
   * server's own host, and was reached from here.
   */
  public static Optional<InetAddress> destination(SshServer server, SshSession session) {
    return server.profile().host().isEmpty() ? session.serverAddress() : Optional.empty();
  }

  private static Optional<InetAddress> decidedBy(ConnectionRequest request) {
    return request.address() instanceof DestinationAddress.Known known
        ? Optional.of(known.address())
        : Optional.empty();
  }
}
