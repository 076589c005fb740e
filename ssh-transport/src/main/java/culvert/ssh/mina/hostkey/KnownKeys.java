package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What known_hosts says under one name.
 *
 * @param keys the host's own
 * @param authorities {@code @cert-authority}: whoever has a certificate of theirs is the host
 * @param revoked {@code @revoked}: keys that must never be accepted, as keys or as authorities
 * @param accepted what should be among the keys, and could not be written there
 */
record KnownKeys(
    List<KnownKey> keys,
    List<KnownKey> authorities,
    List<KnownKey> revoked,
    List<KnownKey> accepted) {
  static final KnownKeys NONE = new KnownKeys(List.of(), List.of(), List.of(), List.of());

  KnownKeys {
    keys = List.copyOf(keys);
    authorities = List.copyOf(authorities);
    revoked = List.copyOf(revoked);
    accepted = List.copyOf(accepted);
  }

  /** Of the lines that are about a name. */
  static KnownKeys of(List<KnownHostsLine> lines) {
    return new KnownKeys(
        with(lines, KnownHostsLine.Marker.NONE),
        with(lines, KnownHostsLine.Marker.CERT_AUTHORITY),
        with(lines, KnownHostsLine.Marker.REVOKED),
        List.of());
  }

  /** Whether no file says anything of the host's key. */
  boolean isEmpty() {
    return keys.isEmpty() && authorities.isEmpty();
  }

  /** With a key that is bound to be the host's, but where some file has it already. */
  KnownKeys withAccepted(KnownKey key) {
    if (find(keys, key.key()).isPresent()) {
      return this;
    }
    List<KnownKey> more = new ArrayList<>(accepted);
    more.add(key);
    return new KnownKeys(keys, authorities, revoked, more);
  }

  /** Whether the file has the key. */
  boolean has(HostKey key, Path file) {
    return keys.stream().anyMatch(known -> known.key().equals(key) && known.file().equals(file));
  }

  /** Any key by which the host is known. */
  Stream<KnownKey> any() {
    return Stream.concat(keys.stream(), accepted.stream());
  }

  /** A key that this one is not, though the host is bound to it. */
  Optional<KnownKey> conflict(HostKey key) {
    return Stream.of(keys, accepted)
        .filter(bound -> !bound.isEmpty() && find(bound, key).isEmpty())
        .map(bound -> conflicting(bound, key))
        .findFirst();
  }

  private static KnownKey conflicting(List<KnownKey> keys, HostKey key) {
    return keys.stream()
        .filter(known -> known.key().type().equals(key.type()))
        .findFirst()
        .orElse(keys.get(0));
  }

  private static List<KnownKey> with(List<KnownHostsLine> lines, KnownHostsLine.Marker marker) {
    return lines.stream()
        .filter(line -> line.marker() == marker)
        .map(KnownHostsLine::known)
        .toList();
  }

  static Optional<KnownKey> find(List<KnownKey> keys, HostKey key) {
    return find(keys.stream(), key);
  }

  static Optional<KnownKey> find(Stream<KnownKey> keys, HostKey key) {
    return keys.filter(known -> known.key().equals(key)).findFirst();
  }
}
