package culvert.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The four lists of algorithms that an SSH client offers, and the names that Culvert knows in each,
 * as they stand on the wire. Best first: the first name that the server knows too is taken.
 */
public enum AlgorithmKind {
  /** AES-GCM first, for speed. CBC is not offered, nor what is older. */
  CIPHERS(
      "ciphers",
      List.of(
          "aes128-gcm@openssh.com",
          "aes256-gcm@openssh.com",
          "aes128-ctr",
          "aes192-ctr",
          "aes256-ctr",
          "chacha20-poly1305@openssh.com"),
      List.of(),
      List.of(
          "aes128-cbc",
          "aes192-cbc",
          "aes256-cbc",
          "3des-cbc",
          "blowfish-cbc",
          "arcfour256",
          "arcfour128")),

  MACS(
      "macs",
      List.of(
          "hmac-sha2-256-etm@openssh.com",
          "hmac-sha2-512-etm@openssh.com",
          "hmac-sha2-256",
          "hmac-sha2-512"),
      List.of(),
      List.of("hmac-sha1-etm@openssh.com", "hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96")),

  /** Post-quantum ones first. */
  KEX(
      "kex-algorithms",
      List.of(
          "mlkem768x25519-sha256",
          "sntrup761x25519-sha512",
          "sntrup761x25519-sha512@openssh.com",
          "curve25519-sha256",
          "curve25519-sha256@libssh.org",
          "ecdh-sha2-nistp256",
          "ecdh-sha2-nistp384",
          "ecdh-sha2-nistp521",
          "diffie-hellman-group16-sha512",
          "diffie-hellman-group18-sha512",
          "diffie-hellman-group14-sha256"),
      List.of(
          "mlkem768nistp256-sha256",
          "mlkem1024nistp384-sha384",
          "curve448-sha512",
          "diffie-hellman-group15-sha512",
          "diffie-hellman-group17-sha512",
          "diffie-hellman-group-exchange-sha256"),
      List.of(
          "diffie-hellman-group-exchange-sha1",
          "diffie-hellman-group14-sha1",
          "diffie-hellman-group1-sha1")),

  /** Those of certificates go out only where known_hosts has a use for them. */
  HOST_KEYS(
      "host-key-algorithms",
      List.of(
          "ssh-ed25519-cert-v01@openssh.com",
          "ecdsa-sha2-nistp256-cert-v01@openssh.com",
          "ecdsa-sha2-nistp384-cert-v01@openssh.com",
          "ecdsa-sha2-nistp521-cert-v01@openssh.com",
          "rsa-sha2-512-cert-v01@openssh.com",
          "rsa-sha2-256-cert-v01@openssh.com",
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "rsa-sha2-512",
          "rsa-sha2-256"),
      List.of(),
      List.of("ssh-rsa"));

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> standard;

  @SuppressWarnings("ImmutableEnumChecker") // a copy by Set.copyOf
  private final Set<String> weak;

  @SuppressWarnings("ImmutableEnumChecker") // made by Stream.toList
  private final List<String> supported;

  AlgorithmKind(String key, List<String> standard, List<String> further, List<String> weak) {
    this.key = key;
    this.standard = standard;
    this.weak = Set.copyOf(weak);
    this.supported = Stream.of(standard, further, weak).flatMap(List::stream).toList();
  }

  /** What Culvert offers where the configuration says nothing. */
  public List<String> standard() {
    return standard;
  }

  /** All that Culvert can do, offered or not. */
  public List<String> supported() {
    return supported;
  }

  /** Whether it is broken or obsolete: offered only where the configuration names it. */
  public boolean isWeak(String algorithm) {
    return weak.contains(algorithm);
  }

  /** The key of a profile that changes the list. */
  @Override
  public String toString() {
    return key;
  }
}
