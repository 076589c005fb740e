package culvert.proxy.cli;

import culvert.config.AuthMethod;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.Fallback;
import culvert.config.FallbackReason;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.config.SshWay;
import culvert.filter.Decision;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.pin.PinFile;
import culvert.proxy.state.StateDirectory;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import culvert.ssh.TunnelTarget;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells a person what a route means. */
final class RouteDescription {
  private final CulvertConfig config;
  private final Endpoint destination;

  RouteDescription(CulvertConfig config, Endpoint destination) {
    this.config = config;
    this.destination = destination;
  }

  void print(Decision.Decided decided, PrintStream out) {
    out.println(
        decided
            .rule()
            .map(rule -> "  rule " + rule.name() + " (" + rule.location() + ") matches")
            .orElse("  no rule matches: default-action"));
    Route route = decided.route();
    out.println("action:   " + route.action());
    if (route instanceof Route.Direct direct) {
      out.println("route:    plaintext to " + destination);
      out.println(
          "ftp:      "
              + (direct.ftp().isPresent()
                  ? "yes, data connections follow"
                  : "no, bytes are relayed"));
    } else if (route instanceof Route.Tunnel tunnel) {
      printTunnel(decided.ruleName(), tunnel.profile(), tunnel.target(), tunnel.fallback(), out);
    } else if (route instanceof Route.FtpTunnel tunnel) {
      printTunnel(decided.ruleName(), tunnel.profile(), tunnel.target(), tunnel.fallback(), out);
    }
    if (route.ftp().filter(FtpHandling::userAtHost).isPresent()) {
      out.println("user:     USER name@host[:port] names another destination, decided again");
    }
  }

  private void printTunnel(
      String rule,
      String profileName,
      Optional<Endpoint> target,
      Fallback fallback,
      PrintStream out) {
    SshProfile configured =
        Objects.requireNonNull(config.profiles().get(profileName), "no profile " + profileName);
    SshProfile profile = configured.forHost(destination.host());
    Endpoint server = new Endpoint(profile.host().orElse(destination.host()), profile.port());
    out.println("profile:  " + profileName);
    List<SshProfile> hops = profile.chain().subList(0, profile.chain().size() - 1);
    proxy(profile).ifPresent(proxy -> out.println("proxy:    " + proxy));
    hops.forEach(
        hop ->
            out.println(
                "through:  "
                    + new Endpoint(hop.host().orElseThrow(), hop.port())
                    + ", profile "
                    + hop.name()
                    + ", "
                    + login(hop)));
    out.println("server:   " + server);
    out.println("login:    " + login(profile));
    out.println("target:   " + target.orElse(destination) + ", as seen from the SSH server");
    out.println("fallback: " + fallback(fallback));
    Optional<FixedTarget> fixed = target.map(to -> new FixedTarget(rule, TunnelTarget.of(to)));
    pinned(fallback, fixed)
        .ifPresent(why -> out.println("pinned:   no plaintext on unreachable: " + why));
  }

  private Optional<String> pinned(Fallback fallback, Optional<FixedTarget> fixed) {
    return config.pinTunnelled() && fallback.allows(FallbackReason.UNREACHABLE)
        ? new PinFile(new StateDirectory(config.stateDirectory()))
            .objection(destination, fixed, FixedTarget.of(config.rules()))
        : Optional.empty();
  }

  private static Optional<SshWay.Proxy> proxy(SshProfile profile) {
    return profile.chain().get(0).way() instanceof SshWay.Proxy proxy
        ? Optional.of(proxy)
        : Optional.empty();
  }

  private static String login(SshProfile profile) {
    String methods =
        profile.login().authentication().stream()
            .map(AuthMethod::toString)
            .collect(Collectors.joining(", "));
    SshUser user = profile.user();
    String name =
        user instanceof SshUser.Fixed fixed
            ? fixed.name()
            : user instanceof SshUser.FromSocks ? "the SOCKS user" : "the FTP user";
    return "as "
        + name
        + " by "
        + methods
        + (profile.takesFtpPassword() ? ", with the FTP password" : "");
  }

  private static String fallback(Fallback fallback) {
    if (fallback.reasons().isEmpty()) {
      return "none: no tunnel, no connection";
    }
    return "plain, that is PLAINTEXT to the destination, on "
        + Arrays.stream(FallbackReason.values())
            .filter(fallback::allows)
            .map(FallbackReason::toString)
            .collect(Collectors.joining(", "));
  }
}
