package culvert.proxy.route;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision;
import culvert.filter.Decision.Decided;
import culvert.filter.DestinationAddress;
import culvert.filter.Route;
import culvert.proxy.ftp.DestinationRules;
import culvert.proxy.ftp.RoutedRequest;
import culvert.ssh.AddressResolver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a policy's rules, and once more with the address if they need it. */
record PolicyRules(Policy policy, AddressResolver resolver, EventLoop loop)
    implements DestinationRules {

  @Override
  public void decide(ConnectionRequest request, Consumer<RoutedRequest> answer) {
    Decision decision = policy.rules().decide(request);
    if (decision instanceof Decided decided) {
      answer.accept(routed(request, decided));
      return;
    }
    resolver
        .resolve(request.host(), loop)
        .addListener(
            (Future<List<InetAddress>> resolved) ->
                decide(request.withAddress(address(resolved)), answer));
  }

  /** With the profile that the route names. */
  RoutedRequest routed(ConnectionRequest request, Decided decided) {
    return new RoutedRequest(request, decided, profile(decided.route()));
  }

  private static DestinationAddress address(Future<List<InetAddress>> resolved) {
    return resolved.isSuccess()
        ? new DestinationAddress.Known(resolved.getNow().get(0))
        : new DestinationAddress.Unresolvable();
  }

  private Optional<SshProfile> profile(Route route) {
    if (route instanceof Route.FtpTunnel tunnel) {
      return Optional.of(policy.profile(tunnel.profile()));
    }
    return route instanceof Route.Tunnel tunnel
        ? Optional.of(policy.profile(tunnel.profile()))
        : Optional.empty();
  }
}
