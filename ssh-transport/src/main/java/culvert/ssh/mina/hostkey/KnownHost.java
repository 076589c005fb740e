package culvert.ssh.mina.hostkey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What known_hosts says about one server. Immutable, pure.
 *
 * @param named under the server's name, port included
 * @param withoutPort under the bare host name, where the port is not 22
 * @param atAddress under the server's address, where that is looked up
 */
public record KnownHost(
    LookupNames names, KnownKeys named, KnownKeys withoutPort, KnownKeys atAddress) {

  /** OpenSSH's RequiredRSASize. */
  static final int RSA_MIN_BITS = 1024;

  /** Nothing is known of this server. */
  static KnownHost unknown(LookupNames names) {
    return new KnownHost(names, KnownKeys.NONE, KnownKeys.NONE, KnownKeys.NONE);
  }

  /** As known_hosts spells it: {@code host}, {@code [host]:port} or the alias. */
  String name() {
    return names.name();
  }

  /** Under the server's very name. */
  List<KnownKey> keys() {
    return named.keys();
  }

  /** Judges the key that the server proved to have; as OpenSSH's check_host_key. */
  public HostKeyVerdict judge(HostKey key, boolean acceptNew) {
    if (isShort(key)) {
      return new HostKeyVerdict.TooShort(names.shown(), key, key.rsaBits(), RSA_MIN_BITS);
    }
    Optional<KnownKey> revocation = revocation(key);
    if (revocation.isPresent()) {
      return new HostKeyVerdict.Revoked(names.shown(), revocation.get());
    }
    Optional<KnownKey> known = KnownKeys.find(keys(), key);
    if (known.isEmpty() && !keys().isEmpty()) {
      return new HostKeyVerdict.Changed(names.shown(), conflicting(keys(), key), key);
    }
    if (known.isEmpty()) {
      known = KnownKeys.find(withoutPort.keys(), key);
    }
    return judgeAddress(known, key, acceptNew);
  }

  private HostKeyVerdict judgeAddress(Optional<KnownKey> byName, HostKey key, boolean acceptNew) {
    boolean known = KnownKeys.find(atAddress.keys(), key).isPresent();
    if (names.address().isPresent() && !known && !atAddress.keys().isEmpty()) {
      return new HostKeyVerdict.AddressDiffers(
          names.shown(), names.address().get(), conflicting(atAddress.keys(), key), key);
    }
    Stream<String> newAddress = known ? Stream.empty() : names.address().stream();
    if (byName.isPresent()) {
      return new HostKeyVerdict.Known(
          names.shown(), byName.get(), acceptNew ? newAddress.toList() : List.of());
    }
    if (!acceptNew) {
      return new HostKeyVerdict.Unknown(names.shown(), key);
    }
    return names.writable()
        ? new HostKeyVerdict.NewAccepted(
            names.shown(), key, Stream.concat(Stream.of(names.name()), newAddress).toList())
        : new HostKeyVerdict.NotWritable(names.shown(), key);
  }

  /**
   * Judges the certificate for a key that the server proved to have. As in OpenSSH, one that proves
   * nothing counts as its plain key; a revoked authority is the end.
   */
  HostKeyVerdict judge(
      HostCertificate certificate, boolean acceptNew, Instant now, HostKeyAlgorithms algorithms) {
    HostKey key = certificate.key();
    Optional<String> defect = certificate.defect();
    if (defect.isPresent()) {
      return new HostKeyVerdict.BadCertificate(names.shown(), certificate, defect.get());
    }
    Optional<KnownKey> revocation = revocation(key).or(() -> revocation(certificate.authority()));
    if (revocation.isPresent()) {
      return new HostKeyVerdict.Revoked(names.shown(), revocation.get());
    }
    Optional<KnownKey> authority = authority(certificate.authority());
    Optional<String> objection =
        authority.isEmpty()
            ? Optional.of("its authority is not known")
            : certificate.objection(names.principal(), now);
    if (authority.isPresent() && objection.isEmpty() && !isShort(key)) {
      return new HostKeyVerdict.Certified(names.shown(), certificate, authority.get());
    }
    return algorithms.allow(key)
        ? new HostKeyVerdict.Uncertified(judge(key, acceptNew), certificate, objection.orElse(""))
        : new HostKeyVerdict.BadCertificate(names.shown(), certificate, objection.orElse(""));
  }

  private Optional<KnownKey> authority(HostKey authority) {
    return KnownKeys.find(
        Stream.concat(named.authorities().stream(), withoutPort.authorities().stream()), authority);
  }

  /** A key revoked for the host is revoked on all its ports, and for its address too. */
  private Optional<KnownKey> revocation(HostKey key) {
    return KnownKeys.find(
        Stream.of(named, withoutPort, atAddress).flatMap(known -> known.revoked().stream()), key);
  }

  /** Whether anything here can be said of a certificate only. */
  boolean mindsCertificates() {
    return Stream.of(named, withoutPort)
        .anyMatch(known -> !known.authorities().isEmpty() || !known.revoked().isEmpty());
  }

  /** Whether a key for that host-key algorithm is known, or an authority that certifies any. */
  boolean hasKeyFor(String algorithm) {
    List<KnownKey> known = keys().isEmpty() ? withoutPort.keys() : keys();
    String type = HostKeyAlgorithms.keyType(algorithm);
    return known.stream().anyMatch(one -> one.key().type().equals(type))
        || (HostKeyAlgorithms.isCertificate(algorithm)
            && Stream.of(named, withoutPort).anyMatch(names -> !names.authorities().isEmpty()));
  }

  private static boolean isShort(HostKey key) {
    return key.rsaBits() > 0 && key.rsaBits() < RSA_MIN_BITS;
  }

  private static KnownKey conflicting(List<KnownKey> keys, HostKey key) {
    return keys.stream()
        .filter(known -> known.key().type().equals(key.type()))
        .findFirst()
        .orElse(keys.get(0));
  }
}
