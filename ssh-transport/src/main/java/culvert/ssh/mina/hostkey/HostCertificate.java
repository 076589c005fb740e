package culvert.ssh.mina.hostkey;

import culvert.ssh.Printable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/** A host's certificate as OpenSSH has them (its PROTOCOL.certkeys). */
public final class HostCertificate {
  private static final long FOREVER = -1; // unsigned

  private final OpenSshCertificate certificate;
  private final HostKey key;
  private final HostKey authority;

  private HostCertificate(OpenSshCertificate certificate) {
    this.certificate = certificate;
    this.key = HostKey.of(certificate.getCertPubKey());
    this.authority = HostKey.of(certificate.getCaPubKey());
  }

  static HostCertificate of(OpenSshCertificate certificate) {
    return new HostCertificate(certificate);
  }

  /** The key that is certified, which the server proves to have. */
  public HostKey key() {
    return key;
  }

  /** Who signed. */
  public HostKey authority() {
    return authority;
  }

  /**
   * Why this is not a certificate at all. OpenSSH gives the connection up then, where it takes a
   * certificate that only does not {@linkplain #objection fit} for its plain key.
   */
  Optional<String> defect() {
    String algorithm = String.valueOf(certificate.getSignatureAlgorithm());
    if (authority.rsaBits() > 0 && authority.rsaBits() < KnownHost.RSA_MIN_BITS) {
      return Optional.of(
          "its authority's key has %d bits (expected: at least %d)"
              .formatted(authority.rsaBits(), KnownHost.RSA_MIN_BITS));
    }
    Optional<BuiltinSignatures> safe = HostKeyAlgorithms.ofAuthority(algorithm);
    return safe.isEmpty() || signatureHolds(safe.get())
        ? Optional.empty()
        : Optional.of("its authority " + authority + " has not signed it");
  }

  private boolean signatureHolds(BuiltinSignatures algorithm) {
    if (!HostKeyAlgorithms.keyType(algorithm.getName()).equals(authority.type())) {
      return false;
    }
    try {
      Signature verifier = algorithm.create();
      verifier.initVerifier(null, certificate.getCaPubKey());
      verifier.update(null, certificate.getMessage());
      return verifier.verify(null, certificate.getSignature());
    } catch (Exception e) { // malformed
      return false;
    }
  }

  /**
   * Why the certificate, which a known authority signed, proves nothing about a host now.
   *
   * @param principal the host's name, or its alias
   */
  Optional<String> objection(String principal, Instant now) {
    if (certificate.getType() != OpenSshCertificate.Type.HOST) {
      return Optional.of("not a host certificate");
    }
    long seconds = now.getEpochSecond();
    if (Long.compareUnsigned(seconds, certificate.getValidAfter()) < 0) {
      return Optional.of("not valid before " + date(certificate.getValidAfter()));
    }
    if (Long.compareUnsigned(seconds, certificate.getValidBefore()) >= 0) {
      return Optional.of("expired at " + date(certificate.getValidBefore()));
    }
    if (!certificate.getPrincipals().contains(principal)) {
      return Optional.of("not for " + principal);
    }
    if (!certificate.getCriticalOptions().isEmpty()) {
      return Optional.of("has critical options, which no host certificate has");
    }
    String algorithm = String.valueOf(certificate.getSignatureAlgorithm());
    return HostKeyAlgorithms.ofAuthority(algorithm).isPresent()
        ? Optional.empty()
        : Optional.of("signed with " + Printable.text(algorithm));
  }

  private static String date(long seconds) {
    try {
      return seconds == FOREVER ? "the end of time" : Instant.ofEpochSecond(seconds).toString();
    } catch (DateTimeException e) {
      return Long.toUnsignedString(seconds) + " s after 1970";
    }
  }

  @Override
  public String toString() {
    return "certificate "
        + Printable.text(certificate.getId())
        + " of "
        + key
        + " by authority "
        + authority;
  }
}
