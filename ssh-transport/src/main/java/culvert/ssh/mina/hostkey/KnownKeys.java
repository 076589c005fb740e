package culvert.ssh.mina.hostkey;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What known_hosts says under one name.
 *
 * @param keys the host's own
 * @param authorities {@code @cert-authority}: whoever has a certificate of theirs is the host
 * @param revoked {@code @revoked}: keys that must never be accepted, as keys or as authorities
 */
record KnownKeys(List<KnownKey> keys, List<KnownKey> authorities, List<KnownKey> revoked) {
  static final KnownKeys NONE = new KnownKeys(List.of(), List.of(), List.of());

  KnownKeys {
    keys = List.copyOf(keys);
    authorities = List.copyOf(authorities);
    revoked = List.copyOf(revoked);
  }

  /** Of the lines that are about a name. */
  static KnownKeys of(List<KnownHostsLine> lines) {
    return new KnownKeys(
        with(lines, KnownHostsLine.Marker.NONE),
        with(lines, KnownHostsLine.Marker.CERT_AUTHORITY),
        with(lines, KnownHostsLine.Marker.REVOKED));
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
