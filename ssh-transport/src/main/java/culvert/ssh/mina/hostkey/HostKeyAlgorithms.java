package culvert.ssh.mina.hostkey;

import culvert.config.AlgorithmKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.signature.BuiltinSignatures;

/**
 * The host-key algorithms of a profile.
 *
 * @param preference the best one first; those of certificates go out only where known_hosts has a
 *     use for certificates of the host
 */
public record HostKeyAlgorithms(List<BuiltinSignatures> preference) {

  /** OpenSSH's; ssh-rsa, which signs with SHA-1, is not among them. */
  static final HostKeyAlgorithms STANDARD = named(AlgorithmKind.HOST_KEYS.standard());

  private static final String CERTIFICATE = "-cert-v01@openssh.com";

  public HostKeyAlgorithms {
    preference = List.copyOf(preference);
  }

  /** Those that the names stand for. */
  public static HostKeyAlgorithms named(List<String> names) {
    return new HostKeyAlgorithms(
        names.stream()
            .map(BuiltinSignatures::fromFactoryName)
            .filter(algorithm -> algorithm != null && algorithm.isSupported())
            .toList());
  }

  /**
   * What to propose to a server: those of known keys first, so that a known server never looks
   * changed; as OpenSSH's order_hostkeyalgs.
   */
  List<BuiltinSignatures> of(KnownHost known) {
    List<BuiltinSignatures> first = new ArrayList<>();
    List<BuiltinSignatures> last = new ArrayList<>();
    for (BuiltinSignatures algorithm : preference) {
      if (!isCertificate(algorithm.getName()) || known.mindsCertificates()) {
        (known.hasKeyFor(algorithm.getName()) ? first : last).add(algorithm);
      }
    }
    first.addAll(last);
    return first;
  }

  /** Whether a plain key of this type may be shown at all. */
  boolean allow(HostKey key) {
    return preference.stream()
        .anyMatch(
            algorithm ->
                !isCertificate(algorithm.getName())
                    && keyType(algorithm.getName()).equals(key.type()));
  }

  static boolean isCertificate(String algorithm) {
    return algorithm.endsWith(CERTIFICATE);
  }

  /** The type of the keys that sign with an algorithm, of the plain ones. */
  static String keyType(String algorithm) {
    String name =
        isCertificate(algorithm)
            ? algorithm.substring(0, algorithm.length() - CERTIFICATE.length())
            : algorithm;
    return name.startsWith("rsa-") ? "ssh-rsa" : name;
  }

  /** The algorithm of a certificate's authority, if it is a safe one. */
  static Optional<BuiltinSignatures> ofAuthority(String name) {
    return STANDARD.preference().stream()
        .filter(
            algorithm -> !isCertificate(algorithm.getName()) && algorithm.getName().equals(name))
        .findFirst();
  }
}
