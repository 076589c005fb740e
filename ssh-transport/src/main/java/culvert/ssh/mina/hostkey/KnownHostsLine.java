package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** A line of a known_hosts file that names a key, as sshd(8) describes them. */
record KnownHostsLine(Marker marker, HostNames hosts, KnownKey known) {

  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  enum Marker {
    NONE,
    REVOKED,
    CERT_AUTHORITY
  }

  /**
   * Reads one line.
   *
   * @return empty for blank lines, comments and keys of SSH 1
   * @throws IllegalArgumentException says what is wrong with it
   */
  static Optional<KnownHostsLine> parse(String text, Path file, int number) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in a line (expected: UTF-8 text)");
    }
    String line = text.strip();
    if (line.indexOf('\r') >= 0) {
      throw new IllegalArgumentException("CR in a line (expected: lines that end in LF or CR LF)");
    }
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
    if (isOfSsh1(fields)) {
      return Optional.empty();
    }
    HostKey key = HostKey.parse(fields[1], fields[2]);
    return Optional.of(new KnownHostsLine(marker, hosts, new KnownKey(key, file, number)));
  }

  /** {@code hosts bits exponent modulus}: says nothing about the keys of SSH 2. */
  private static boolean isOfSsh1(String[] fields) {
    return fields.length == 4
        && NUMBER.matcher(fields[1]).matches()
        && NUMBER.matcher(fields[2]).matches()
        && NUMBER.matcher(fields[3].split("[ \t]", 2)[0]).matches();
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
