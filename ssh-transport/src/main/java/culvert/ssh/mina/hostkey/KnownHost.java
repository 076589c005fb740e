package culvert.ssh.mina.hostkey;

import culvert.config.AlgorithmKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/**
 * What known_hosts says about one server. Immutable, pure.
 *
 * @param name as known_hosts spells it: {@code host} or {@code [host]:port}
 * @param keys under that name
 * @param keysWithoutPort under the bare host name, where the port is not 22: OpenSSH accepts these
 *     too where the port has none of its own
 * @param revoked keys that must never be accepted
 */
public record KnownHost(
    String name, List<KnownKey> keys, List<KnownKey> keysWithoutPort, List<KnownKey> revoked) {

  /** OpenSSH's RequiredRSASize. */
  private static final int RSA_MIN_BITS = 1024;

  public KnownHost {
    keys = List.copyOf(keys);
    keysWithoutPort = List.copyOf(keysWithoutPort);
    revoked = List.copyOf(revoked);
  }

  /** Judges the key that the server proved to have; as OpenSSH's check_host_key. */
  public HostKeyVerdict judge(HostKey key, boolean acceptNew) {
    if (key.rsaBits() > 0 && key.rsaBits() < RSA_MIN_BITS) {
      return new HostKeyVerdict.TooShort(name, key, key.rsaBits(), RSA_MIN_BITS);
    }
    Optional<KnownKey> revocation = find(revoked, key);
    if (revocation.isPresent()) {
      return new HostKeyVerdict.Revoked(name, revocation.get());
    }
    Optional<KnownKey> known = find(keys, key);
    if (known.isPresent()) {
      return new HostKeyVerdict.Known(name, known.get());
    }
    if (!keys.isEmpty()) {
      return new HostKeyVerdict.Changed(name, conflicting(key), key);
    }
    Optional<KnownKey> elsewhere = find(keysWithoutPort, key);
    if (elsewhere.isPresent()) {
      return new HostKeyVerdict.Known(name, elsewhere.get());
    }
    return acceptNew
        ? new HostKeyVerdict.NewAccepted(name, key)
        : new HostKeyVerdict.Unknown(name, key);
  }

  /**
   * The host-key algorithms to propose, those of known keys first, so that a known server never
   * looks changed; as OpenSSH's order_hostkeyalgs.
   *
   * @param offered names, best first
   */
  List<NamedFactory<Signature>> signatureFactories(List<String> offered) {
    List<NamedFactory<Signature>> first = new ArrayList<>();
    List<NamedFactory<Signature>> last = new ArrayList<>();
    for (String name : offered) {
      BuiltinSignatures algorithm = BuiltinSignatures.fromFactoryName(name);
      if (algorithm != null && algorithm.isSupported()) {
        (hasKeyFor(name) ? first : last).add(algorithm);
      }
    }
    first.addAll(last);
    return first;
  }

  /** The same of all that Culvert offers. */
  List<NamedFactory<Signature>> signatureFactories() {
    return signatureFactories(AlgorithmKind.HOST_KEYS.standard());
  }

  /** Whether a key for that host-key algorithm is known. */
  boolean hasKeyFor(String algorithm) {
    List<KnownKey> known = keys.isEmpty() ? keysWithoutPort : keys;
    return known.stream().anyMatch(one -> one.key().type().equals(keyType(algorithm)));
  }

  /** The names of {@link #signatureFactories}. */
  public List<String> algorithms() {
    return signatureFactories().stream().map(NamedFactory::getName).toList();
  }

  static String keyType(String algorithm) {
    return algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm;
  }

  private KnownKey conflicting(HostKey key) {
    return keys.stream()
        .filter(known -> known.key().type().equals(key.type()))
        .findFirst()
        .orElse(keys.get(0));
  }

  static Optional<KnownKey> find(List<KnownKey> keys, HostKey key) {
    return keys.stream().filter(known -> known.key().equals(key)).findFirst();
  }
}
