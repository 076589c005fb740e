package culvert.config.read;

import culvert.config.Endpoint;
import culvert.config.Found;
import culvert.config.Location;
import culvert.config.SshUser.FromSocks;
import culvert.config.TunnelProtocol;
import culvert.config.read.ListenerReader.Listener;
import culvert.config.read.ProfileReader.Profile;
import culvert.config.yaml.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may reach what listens, and whether two listen at the same place. */
final class ListenerChecks {
  private record Bound(Endpoint endpoint, String what) {}

  private final Problems problems;
  private final LoginChecks logins;
  private final Map<String, Profile> profiles;
  private final List<Bound> bound = new ArrayList<>();
  private final Map<Endpoint, List<Bound>> boundAt = new HashMap<>();

  ListenerChecks(Map<String, Profile> profiles, LoginChecks logins, Problems problems) {
    this.profiles = profiles;
    this.logins = logins;
    this.problems = problems;
  }

  void listener(Listener listener) {
    @Nullable Key<Endpoint> kind = listener.kind();
    if (kind == null) {
      return;
    }
    Section section = listener.section();
    if (listener.isFixedTunnel()) {
      tunnel(listener, kind);
    }
    @Nullable Endpoint bind = listener.bind();
    if (bind == null) {
      return;
    }
    if (kind.equals(ListenerReader.REMOTE_TUNNEL)) {
      onceOnTheServer(listener, bind);
      return;
    }
    if (!Endpoints.isLoopback(bind)
        && !kind.equals(ListenerReader.REDIRECT) // which lets in this host alone, else
        && !section.has(ListenerReader.ALLOW_FROM)) {
      problems.error(
          section.location(kind),
          kind.name()
              + ": "
              + Found.message(
                  bind.toString(),
                  "allow-from beside it, since other machines can reach this address"));
    }
    once(
        bound,
        bind,
        "listener " + Found.quoted(listener.name()),
        kind.name(),
        section.location(kind));
  }

  void admin(Optional<Endpoint> admin, Location location) {
    admin.ifPresent(
        endpoint -> {
          if (!Endpoints.isLoopback(endpoint)) {
            problems.error(
                location,
                "admin: "
                    + Found.message(
                        endpoint.toString(), "a loopback address such as 127.0.0.1:9180"));
          }
          once(bound, endpoint, "admin", "admin", location);
        });
  }

  private void tunnel(Listener listener, Key<Endpoint> kind) {
    Section section = listener.section();
    String name = section.get(ListenerReader.PROFILE);
    Location location = section.location(ListenerReader.PROFILE);
    @Nullable Profile profile = profiles.get(name);
    if (!logins.knownProfile(name, "profile", location) || profile == null || profile.broken()) {
      return;
    }
    if (profile.ssh().host().isEmpty()) {
      problems.error(
          location,
          "a "
              + kind.name()
              + " listener needs a profile with a host, which "
              + Found.quoted(name)
              + " has not");
    }
    profile.ssh().chain().stream()
        .filter(hop -> hop.user() instanceof FromSocks)
        .forEach(
            hop ->
                problems.error(
                    location,
                    "this "
                        + kind.name()
                        + " listener has no SOCKS dialogue, but profile "
                        + Found.quoted(hop.name())
                        + " has user: from-socks (expected: a profile with a fixed user)"));
    if (kind.equals(ListenerReader.REMOTE_TUNNEL)
        || section
            .optional(ListenerReader.PROTOCOL)
            .filter(TunnelProtocol.TCP::equals)
            .isPresent()) {
      logins.noFtpDialogue(profile.ssh(), "this " + kind.name() + " listener", location);
    }
  }

  /** Two remote tunnels cannot share an address and port of one SSH server. */
  private void onceOnTheServer(Listener listener, Endpoint bind) {
    Section section = listener.section();
    @Nullable Profile profile = profiles.get(section.get(ListenerReader.PROFILE));
    if (profile == null || profile.ssh().host().isEmpty()) {
      return;
    }
    Endpoint server = new Endpoint(plain(profile.ssh().host().get()), profile.ssh().port());
    once(
        boundAt.computeIfAbsent(server, key -> new ArrayList<>()),
        bind,
        "listener " + Found.quoted(listener.name()),
        ListenerReader.REMOTE_TUNNEL.name(),
        section.location(ListenerReader.REMOTE_TUNNEL));
  }

  private void once(
      List<Bound> bound, Endpoint endpoint, String what, String key, Location location) {
    if (endpoint.port() == 0) {
      return;
    }
    bound.stream()
        .filter(other -> clash(other.endpoint(), endpoint))
        .findFirst()
        .ifPresent(
            other ->
                problems.error(location, key + ": " + endpoint + " is taken by " + other.what()));
    bound.add(new Bound(endpoint, what));
  }

  private static boolean clash(Endpoint a, Endpoint b) {
    return a.port() == b.port()
        && (Endpoints.isWildcard(a) || Endpoints.isWildcard(b) || sameHost(a, b));
  }

  private static boolean sameHost(Endpoint a, Endpoint b) {
    return plain(a.host()).equals(plain(b.host()));
  }

  private static String plain(String host) {
    return host.equalsIgnoreCase("localhost") ? "127.0.0.1" : Endpoints.canonical(host);
  }
}
