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
 * @param unreadable a line that may be about this server: what is not known may not be new
 */
public record KnownHost(
    LookupNames names,
    KnownKeys named,
    KnownKeys withoutPort,
    KnownKeys atAddress,
    Optional<UnreadableLine> unreadable) {

  /** OpenSSH's RequiredRSASize. */
  static final int RSA_MIN_BITS = 1024;

  /** Nothing is known of this server. */
  static KnownHost unknown(LookupNames names) {
    return new KnownHost(names, KnownKeys.NONE, KnownKeys.NONE, KnownKeys.NONE, Optional.empty());
  }

  /** As known_hosts spells it: {@code host}, {@code [host]:port} or the alias. */
  String name() {
    return names.name();
  }

  /** Under the server's very name. */
  List<KnownKey> keys() {
    return named.keys();
  }

  /**
   * Judges the key that the server proved to have; as OpenSSH's check_host_key, but that a host
   * which is known by an authority is known: its plain key is new to nobody.
   */
  public HostKeyVerdict judge(HostKey key, boolean acceptNew) {
    if (isShort(key)) {
      return new HostKeyVerdict.TooShort(names.shown(), key, key.rsaBits(), RSA_MIN_BITS);
    }
    Optional<KnownKey> revocation = revocation(key);
    if (revocation.isPresent()) {
      return new HostKeyVerdict.Revoked(names.shown(), revocation.get());
    }
    Optional<KnownKey> conflict = named.conflict(key);
    return conflict.isPresent()
        ? new HostKeyVerdict.Changed(names.shown(), conflict.get(), key)
        : judgeAddress(key, acceptNew);
  }

  private HostKeyVerdict judgeAddress(HostKey key, boolean acceptNew) {
    Optional<KnownKey> conflict = atAddress.conflict(key);
    if (names.address().isPresent() && conflict.isPresent()) {
      return new HostKeyVerdict.AddressDiffers(
          names.shown(), names.address().get(), conflict.get(), key);
    }
    Optional<KnownKey> byName = byName(key);
    if (byName.isPresent()) {
      return new HostKeyVerdict.Known(
          names.shown(), byName.get(), acceptNew ? namesToWrite(key) : List.of());
    }
    Optional<KnownKey> authority = authorities().findFirst();
    if (authority.isPresent()) {
      return new HostKeyVerdict.NotCertified(names.shown(), authority.get(), key);
    }
    if (!acceptNew) {
      return new HostKeyVerdict.Unknown(names.shown(), key);
    }
    if (unreadable.isPresent()) {
      return new HostKeyVerdict.PerhapsKnown(names.shown(), key, unreadable.get());
    }
    return names.writable()
        ? new HostKeyVerdict.NewAccepted(names.shown(), key, namesToWrite(key))
        : new HostKeyVerdict.NotWritable(names.shown(), key);
  }

  private Optional<KnownKey> byName(HostKey key) {
    return KnownKeys.find(
        Stream.of(
                keys().stream(),
                withoutPort.keys().stream(),
                named.accepted().stream(),
                withoutPort.accepted().stream())
            .flatMap(all -> all),
        key);
  }

  /** The name, where no file has the key for it; and the address, if that is looked up. */
  private List<String> namesToWrite(HostKey key) {
    if (unreadable.isPresent()) {
      return List.of();
    }
    boolean written =
        KnownKeys.find(Stream.concat(keys().stream(), withoutPort.keys().stream()), key)
            .isPresent();
    boolean atAddressToo = KnownKeys.find(atAddress.keys(), key).isPresent();
    return Stream.concat(
            written ? Stream.empty() : Stream.of(names.name()),
            atAddressToo ? Stream.empty() : names.address().stream())
        .toList();
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
    return KnownKeys.find(authorities(), authority);
  }

  private Stream<KnownKey> authorities() {
    return Stream.of(named, withoutPort).flatMap(known -> known.authorities().stream());
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
    KnownKeys known = named.any().findAny().isPresent() ? named : withoutPort;
    String type = HostKeyAlgorithms.keyType(algorithm);
    return known.any().anyMatch(one -> one.key().type().equals(type))
        || (HostKeyAlgorithms.isCertificate(algorithm) && authorities().findAny().isPresent());
  }

  private static boolean isShort(HostKey key) {
    return key.rsaBits() > 0 && key.rsaBits() < RSA_MIN_BITS;
  }
}
