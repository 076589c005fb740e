package culvert.ssh.mina.hostkey;

import culvert.ssh.HostKeys;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link HostKeys} by key exchanges that are given up once the server proved its key. */
public final class MinaHostKeys implements HostKeys {

  @Override
  public List<ServerHostKey> fetch(String host, int port, Duration deadline) throws SshException {
    List<ServerHostKey> keys = new ArrayList<>();
    try (HostKeyProbe probe = new HostKeyProbe(host, port, deadline)) {
      for (HostKey key : probe.keys()) {
        keys.add(new ServerHostKey(key.type(), key.base64(), key.fingerprint()));
      }
    }
    if (keys.isEmpty()) {
      throw new SshException(
          SshFailure.NOT_SSH,
          "ssh server %s:%d: no host key of a supported type".formatted(host, port));
    }
    return keys;
  }

  @Override
  public List<Outcome> add(
      List<Path> knownHosts, String host, int port, List<ServerHostKey> offered)
      throws IOException {
    List<HostKey> keys = offered.stream().map(k -> HostKey.parse(k.type(), k.base64())).toList();
    KnownHosts others = KnownHosts.load(knownHosts.subList(1, knownHosts.size()));
    Path file = knownHosts.get(0);
    return KnownHostsFile.append(
        file,
        first -> {
          KnownHost known = first.and(others).lookup(host, port);
          Optional<String> refusal = refusal(known, keys);
          List<String> lines = new ArrayList<>();
          List<Outcome> outcomes = new ArrayList<>();
          for (int i = 0; i < keys.size(); i++) {
            Outcome outcome = outcome(offered.get(i), keys.get(i), known, refusal, file);
            outcomes.add(outcome);
            if (outcome.kind() == Outcome.Kind.ADDED) {
              lines.add(keys.get(i).line(known.name()));
            }
          }
          return new KnownHostsFile.Decision<>(lines, outcomes);
        });
  }

  private static Outcome outcome(
      ServerHostKey offered, HostKey key, KnownHost known, Optional<String> refusal, Path file) {
    if (refusal.isPresent()) {
      return new Outcome(offered, Outcome.Kind.REFUSED, refusal.get());
    }
    return KnownKeys.find(known.keys(), key)
        .map(there -> new Outcome(offered, Outcome.Kind.KNOWN, "already in " + there.location()))
        .orElseGet(() -> new Outcome(offered, Outcome.Kind.ADDED, "added to " + file));
  }

  /**
   * Why these keys cannot be added to what is known: one is revoked, one differs from the known key
   * of its type, or none of them is the host's known one.
   */
  private static Optional<String> refusal(KnownHost known, List<HostKey> keys) {
    for (HostKey key : keys) {
      Optional<KnownKey> revoked = KnownKeys.find(known.named().revoked(), key);
      if (revoked.isPresent()) {
        return Optional.of(
            "%s is revoked in %s".formatted(revoked.get().key(), revoked.get().location()));
      }
    }
    boolean provesOne =
        keys.stream().anyMatch(key -> KnownKeys.find(known.keys(), key).isPresent());
    return known.keys().stream()
        .filter(entry -> keys.stream().noneMatch(entry.key()::equals))
        .filter(stale -> !provesOne || hasType(keys, stale.key().type()))
        .findFirst()
        .map(
            stale ->
                "host key of %s changed: %s, %s is not the server's; if that is right, remove the line first"
                    .formatted(known.name(), stale.key(), stale.location()));
  }

  private static boolean hasType(List<HostKey> keys, String type) {
    return keys.stream().anyMatch(key -> key.type().equals(type));
  }
}
