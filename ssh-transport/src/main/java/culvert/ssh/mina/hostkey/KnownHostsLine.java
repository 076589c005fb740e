package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.Optional;

/** A line of a known_hosts file that names a key, as sshd(8) describes them. */
record KnownHostsLine(Marker marker, HostNames hosts, KnownKey known) {

  enum Marker {
    NONE,
    REVOKED,
    CERT_AUTHORITY
  }

  /**
   * Reads one line.
   *
   * @return empty for blank lines, comments and keys of a type that is not supported
   * @throws IllegalArgumentException says what is wrong with it
   */
  static Optional<KnownHostsLine> parse(String text, Path file, int number) {
    String line = text.strip();
    if (line.isEmpty() || line.startsWith("#")) {
      return Optional.empty();
    }
    Marker marker = Marker.NONE;
    if (line.startsWith("@")) {
      String[] rest = line.split("[ \t]+", 2);
      marker = marker(rest[0]);
      line = rest.length < 2 ? "" : rest[1];
    }
    String[] fields = line.split("[ \t]+", 4);
    if (fields.length < 3) {
      throw new IllegalArgumentException(
          fields.length + " field(s) (expected: [@marker] hosts key-type key)");
    }
    HostNames hosts = HostNames.parse(fields[0]);
    if (!HostKey.supports(fields[1])) {
      return Optional.empty();
    }
    HostKey key = HostKey.parse(fields[1], fields[2]);
    return Optional.of(new KnownHostsLine(marker, hosts, new KnownKey(key, file, number)));
  }

  private static Marker marker(String word) {
    return switch (word) {
      case "@revoked" -> Marker.REVOKED;
      case "@cert-authority" -> Marker.CERT_AUTHORITY;
      default ->
          throw new IllegalArgumentException(
              "unknown marker (expected: @revoked or @cert-authority)");
    };
  }
}
