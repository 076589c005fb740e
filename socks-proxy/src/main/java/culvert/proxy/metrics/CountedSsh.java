package culvert.proxy.metrics;

import culvert.ssh.HostKeyChange;
import culvert.ssh.SshEvents;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import io.micrometer.core.instrument.Counter;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts SSH connections, logins and what becomes of host keys. A profile has its numbers as long
 * as there is one of that name, or a connection that has begun under it. Thread-safe.
 */
final class CountedSsh implements SshEvents {

  /**
   * A hop that only ssh_config names: by a name that may hold a client's words. Or a profile that
   * is gone.
   */
  static final String UNNAMED = "(hop)";

  private static final String TAG = "profile";

  /** Connections to one server that are counted under one label. */
  private static final class Open {
    private final String label;
    private int connections;

    Open(String label) {
      this.label = label;
    }
  }

  private final Map<String, AtomicInteger> levels = new HashMap<>(); // by label; guarded by this
  private final IdentityHashMap<SshServer, Open> open = new IdentityHashMap<>(); // guarded by this
  private final Meters meters;
  private final Counter accepted;
  private final Counter changed;
  private Set<String> profiles = Set.of(); // guarded by this

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

  /** These profiles are there, and no others; what is counted of new ones begins at zero. */
  synchronized void present(Set<String> names) {
    profiles = Set.copyOf(names);
    List.copyOf(levels.keySet()).forEach(this::forgetIfGone);
    for (String name : names) {
      level(name);
      logins(name, "ok");
    }
  }

  private void forgetIfGone(String label) {
    boolean stays = profiles.contains(label) || label.equals(UNNAMED);
    if (!stays && level(label).get() == 0) {
      levels.remove(label);
      meters.remove(TAG, label);
    }
  }

  private AtomicInteger level(String label) {
    return levels.computeIfAbsent(
        label,
        name ->
            meters.level(
                "culvert.ssh.connections", "SSH connections that are logged in", TAG, name));
  }

  private Counter logins(String label, String result) {
    return meters.counter(
        "culvert.ssh.logins",
        "Logins at SSH servers: ok, or how they have failed",
        TAG,
        label,
        "result",
        result);
  }

  private String label(SshServer server) {
    String name = server.profile().name();
    return levels.containsKey(name) ? name : UNNAMED;
  }

  @Override
  public void accepted(SshServer server, String key) {
    accepted.increment();
  }

  @Override
  public void changed(SshServer server, HostKeyChange change, String key, String how) {
    changed.increment();
  }

  @Override
  public synchronized void loggedIn(SshServer server) {
    Open connected = open.computeIfAbsent(server, one -> new Open(label(one)));
    connected.connections++;
    level(connected.label).incrementAndGet();
    logins(connected.label, "ok").increment();
  }

  @Override
  public synchronized void loginFailed(SshServer server, SshFailure failure) {
    logins(label(server), Words.of(failure)).increment();
  }

  @Override
  public synchronized void ended(SshServer server) {
    Open connected = open.get(server);
    if (connected == null) {
      throw new IllegalStateException("SSH connection to " + server + ": ended twice");
    }
    if (--connected.connections == 0) {
      open.remove(server);
    }
    level(connected.label).decrementAndGet();
    forgetIfGone(connected.label);
  }
}
