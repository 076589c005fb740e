package culvert.proxy.metrics;

import culvert.config.SshProfile;
import culvert.ssh.SshEvents;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts SSH connections, logins and what becomes of host keys. */
final class CountedSsh implements SshEvents {

  /** A hop that only ssh_config names: by a name that may hold a client's words. */
  static final String UNNAMED = "(hop)";

  private final Set<String> profiles = ConcurrentHashMap.newKeySet();
  private final Gauge connections;
  private final Counter logins;
  private final Counter accepted;
  private final Counter changed;

  CountedSsh(PrometheusRegistry registry) {
    connections =
        Gauge.builder()
            .name("culvert_ssh_connections")
            .help("SSH connections that are logged in")
            .labelNames("profile")
            .withoutExemplars()
            .register(registry);
    logins =
        Counter.builder()
            .name("culvert_ssh_logins_total")
            .help("Logins at SSH servers: ok, or how they have failed")
            .labelNames("profile", "result")
            .withoutExemplars()
            .register(registry);
    accepted =
        Counter.builder()
            .name("culvert_ssh_host_keys_accepted_total")
            .help("SSH servers of which nothing was known, and that were taken with their keys")
            .withoutExemplars()
            .register(registry);
    changed =
        Counter.builder()
            .name("culvert_ssh_host_keys_changed_total")
            .help("Times that an SSH server has shown another key than is known, or a revoked one")
            .withoutExemplars()
            .register(registry);
  }

  /** These profiles are there, and what is counted of them begins at zero. */
  void present(Set<String> names) {
    profiles.addAll(names);
    for (String name : names) {
      connections.initLabelValues(name);
      logins.initLabelValues(name, "ok");
    }
  }

  private String label(SshServer server) {
    SshProfile profile = server.profile();
    return profiles.contains(profile.name()) ? profile.name() : UNNAMED;
  }

  @Override
  public void accepted(SshServer server, String key) {
    accepted.inc();
  }

  @Override
  public void changed(SshServer server, String key, String how) {
    changed.inc();
  }

  @Override
  public void loggedIn(SshServer server) {
    String profile = label(server);
    connections.labelValues(profile).inc();
    logins.labelValues(profile, "ok").inc();
  }

  @Override
  public void loginFailed(SshServer server, SshFailure failure) {
    logins.labelValues(label(server), Words.of(failure)).inc();
  }

  @Override
  public void ended(SshServer server) {
    connections.labelValues(label(server)).dec();
  }
}
