package culvert.ssh.mina.auth;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.session.SessionContext;
import org.jspecify.annotations.Nullable;

/**
 * What is shown to a server: a public key or a certificate, and what signs for it.
 *
 * @param name for people, with the fingerprint
 * @param key what is sent
 * @param named whether the profile names it; else it only happens to be in the agent
 */
record Identity(String name, KeyBlob key, Signer signer, boolean named) {
  private static final List<String> RSA_ALGORITHMS = List.of("rsa-sha2-512", "rsa-sha2-256");

  /**
   * The public key algorithms to try. For RSA never ssh-rsa, which means SHA-1.
   *
   * @param accepted the server's server-sig-algs (RFC 8308); null: it did not say
   */
  List<String> algorithms(@Nullable Set<String> accepted) {
    if (!Certificate.plain(key.type()).equals("ssh-rsa")) {
      return List.of(key.type());
    }
    List<String> signatures =
        accepted == null
            ? RSA_ALGORITHMS
            : RSA_ALGORITHMS.stream().filter(accepted::contains).limit(1).toList();
    return key.isCertificate()
        ? signatures.stream().map(signature -> signature + Certificate.SUFFIX).toList()
        : signatures;
  }

  /**
   * Signs with that public key algorithm; see {@link Signer#sign}.
   *
   * @throws WrongSignatureException what was made does not fit the public key
   */
  byte[] sign(SessionContext session, String algorithm, byte[] data, Duration waited)
      throws IOException, GeneralSecurityException {
    String plain = Certificate.plain(algorithm);
    SignatureCheck check = new SignatureCheck(key, plain);
    byte[] signature = signer.sign(session, plain, data, waited);
    check.verify(session, data, signature);
    return signature;
  }

  @Override
  public String toString() {
    return name;
  }
}
