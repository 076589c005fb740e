package culvert.ssh.mina.hostkey;

import culvert.config.HostKeyPolicy;
import culvert.ssh.HostKeys;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@link HostKeys} by key exchanges that are given up once the server proved its key. */
public final class MinaHostKeys implements HostKeys {
  /** What follows for a connection, and not for somebody who only asks. */
  private static final String NO_LOGIN = ": not sending credentials";

  @Override
  public List<ServerHostKey> fetch(Server server) throws SshException {
    List<ServerHostKey> keys = new ArrayList<>();
    try (HostKeyProbe probe = new HostKeyProbe(server)) {
      for (HostKey key : probe.keys()) {
        keys.add(new ServerHostKey(key.type(), key.base64(), key.fingerprint()));
      }
    }
    if (keys.isEmpty()) {
      throw new SshException(
          SshFailure.NOT_SSH,
          "ssh server %s:%d: no host key of a supported type"
              .formatted(server.host(), server.port()));
    }
    return keys;
  }

  @Override
  public Check check(HostKeyPolicy policy, Server server) throws SshException, IOException {
    KnownHosts files = KnownHosts.load(policy.knownHosts());
    try (HostKeyProbe probe = new HostKeyProbe(server)) {
      Optional<InetAddress> address =
          policy.checkHostIp() ? Optional.of(probe.address()) : Optional.empty();
      HostKeyVerdict verdict =
          probe.judge(files.lookup(LookupNames.of(policy, server.host(), server.port(), address)));
      return new Check(trust(verdict), verdict.message().replace(NO_LOGIN, ""));
    }
  }

  private static Check.Trust trust(HostKeyVerdict verdict) {
    if (!verdict.accepted()) {
      return Check.Trust.NONE;
    }
    return verdict instanceof HostKeyVerdict.Certified ? Check.Trust.CERTIFICATE : Check.Trust.KEY;
  }

  @Override
  public List<Outcome> add(HostKeyPolicy policy, String host, int port, List<ServerHostKey> offered)
      throws IOException {
    List<HostKey> keys = keys(offered);
    List<Path> knownHosts = policy.knownHosts();
    LookupNames names = LookupNames.of(policy, host, port, Optional.empty());
    KnownHosts others = KnownHosts.load(knownHosts.subList(1, knownHosts.size()));
    Path file = knownHosts.get(0);
    try {
      return KnownHostsFile.append(
          file,
          KnownHostsFile.PATIENCE,
          KnownHostsFile.Pause.SHORT,
          first -> decide(first.and(others).lookup(names), offered, keys, file));
    } catch (IOException e) {
      throw new IOException(
          "known hosts file " + file + " cannot be written: " + KnownHostsFile.reason(e), e);
    }
  }

  @Override
  public List<StaleKey> stale(
      HostKeyPolicy policy, String host, int port, List<ServerHostKey> offered) throws IOException {
    LookupNames names = LookupNames.of(policy, host, port, Optional.empty());
    KnownHost known = KnownHosts.load(policy.knownHosts()).lookup(names);
    return HostKeyReplacement.stale(known, keys(offered)).stream()
        .map(
            stale ->
                new StaleKey(
                    new ServerHostKey(
                        stale.key().type(), stale.key().base64(), stale.key().fingerprint()),
                    stale.location(),
                    stale.file().equals(policy.knownHosts().get(0))))
        .toList();
  }

  @Override
  public List<Outcome> replace(
      HostKeyPolicy policy,
      String host,
      int port,
      List<ServerHostKey> offered,
      List<ServerHostKey> confirmed)
      throws IOException {
    List<Path> files = policy.knownHosts();
    Path file = files.get(0);
    HostKeyReplacement replacement =
        new HostKeyReplacement(
            file,
            LookupNames.of(policy, host, port, Optional.empty()),
            keys(offered),
            keys(confirmed),
            KnownHosts.load(files.subList(1, files.size())));
    try {
      return KnownHostsFile.rewrite(
          file,
          KnownHostsFile.PATIENCE,
          KnownHostsFile.Pause.SHORT,
          text -> {
            HostKeyReplacement.Edit edit = replacement.of(text);
            return new KnownHostsFile.Rewriting<>(
                edit.content(), confirmed.stream().map(key -> outcome(key, edit, file)).toList());
          });
    } catch (IOException e) {
      throw new IOException(
          "known hosts file " + file + " cannot be written: " + KnownHostsFile.reason(e), e);
    }
  }

  private static List<HostKey> keys(List<ServerHostKey> offered) {
    return offered.stream().map(key -> HostKey.parse(key.type(), key.base64())).toList();
  }

  private static Outcome outcome(ServerHostKey key, HostKeyReplacement.Edit edit, Path file) {
    if (edit.refusal().isPresent()) {
      return new Outcome(key, Outcome.Kind.REFUSED, edit.refusal().get());
    }
    if (edit.content().isEmpty()) {
      return new Outcome(key, Outcome.Kind.KNOWN, "already in " + file);
    }
    return new Outcome(
        key,
        Outcome.Kind.ADDED,
        "added to "
            + file
            + edit.gone().stream()
                .map(gone -> gone.key() + " (" + gone.location() + ")")
                .collect(
                    Collectors.collectingAndThen(
                        Collectors.joining(", "),
                        all -> all.isEmpty() ? "" : " in place of " + all)));
  }

  private static KnownHostsFile.Decision<List<Outcome>> decide(
      KnownHost known, List<ServerHostKey> offered, List<HostKey> keys, Path file) {
    Optional<String> refusal = refusal(known, keys, file).or(() -> doubt(known, keys));
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
  private static Optional<String> refusal(KnownHost known, List<HostKey> keys, Path file) {
    if (!known.names().writable()) {
      return Optional.of("known_hosts cannot spell " + known.names().shown());
    }
    for (HostKey key : keys) {
      Optional<KnownKey> revoked = KnownKeys.find(known.named().revoked(), key);
      if (revoked.isPresent()) {
        return Optional.of(
            "%s is revoked in %s".formatted(revoked.get().key(), revoked.get().location()));
      }
    }
    return HostKeyReplacement.stale(known, keys).stream()
        .findFirst()
        .map(
            stale ->
                "host key of %s changed: %s, %s is not the server's; if that is right, %s"
                    .formatted(
                        known.names().shown(),
                        stale.key(),
                        stale.location(),
                        stale.file().equals(file)
                            ? "culvert trust --replace"
                            : "take it out there, since Culvert does not write that file"));
  }

  /** Why nobody can tell whether the files know other keys. */
  private static Optional<String> doubt(KnownHost known, List<HostKey> keys) {
    boolean nothingNew =
        keys.stream().allMatch(key -> KnownKeys.find(known.keys(), key).isPresent());
    return known
        .unreadable()
        .filter(line -> !nothingNew)
        .map(line -> line + "; mend or remove the line first");
  }
}
