package culvert.proxy.metrics;

import culvert.config.SshProfile;
import culvert.ssh.SshEvents;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts SSH connections, logins and what becomes of host keys. */
final class CountedSsh implements SshEvents {

  /** A hop that only ssh_config names: by a name that may hold a client's words. */
  static final String UNNAMED = "(hop)";

  private final Set<String> profiles = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicInteger> connections = new ConcurrentHashMap<>();
  private final Meters meters;
  private final Counter accepted;
  private final Counter changed;

  CountedSsh(Meters meters) {
    this.meters = meters;
    accepted =
        meters.counter(
            "culvert.ssh.host.keys.accepted",
            "SSH servers of which nothing was known, and that were taken with their keys");
    changed =
        meters.counter(
            "culvert.ssh.host.keys.changed",
            "Times that an SSH server has shown another key than is known, or a revoked one");
  }

  /** These profiles are there, and what is counted of them begins at zero. */
  void present(Set<String> names) {
    profiles.addAll(names);
    for (String name : names) {
      connections(name);
      logins(name, "ok");
    }
  }

  private AtomicInteger connections(String profile) {
    return connections.computeIfAbsent(
        profile,
        name ->
            meters.level(
                "culvert.ssh.connections", "SSH connections that are logged in", "profile", name));
  }

  private Counter logins(String profile, String result) {
    return meters.counter(
        "culvert.ssh.logins",
        "Logins at SSH servers: ok, or how they have failed",
        "profile",
        profile,
        "result",
        result);
  }

  private String label(SshServer server) {
    SshProfile profile = server.profile();
    return profiles.contains(profile.name()) ? profile.name() : UNNAMED;
  }

  @Override
  public void accepted(SshServer server, String key) {
    accepted.increment();
  }

  @Override
  public void changed(SshServer server, String key, String how) {
    changed.increment();
  }

  @Override
  public void loggedIn(SshServer server) {
    String profile = label(server);
    connections(profile).incrementAndGet();
    logins(profile, "ok").increment();
  }

  @Override
  public void loginFailed(SshServer server, SshFailure failure) {
    logins(label(server), Words.of(failure)).increment();
  }

  @Override
  public void ended(SshServer server) {
    connections(label(server)).decrementAndGet();
  }
}
