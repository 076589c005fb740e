package culvert.ssh.mina.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/** A private key to log in with. Immutable. */
final class Identity {
  private static final List<String> RSA_ALGORITHMS = List.of("rsa-sha2-512", "rsa-sha2-256");

  private final Path file;
  private final KeyPair keys;
  private final String type;
  private final byte[] blob;

  /**
   * @throws IllegalArgumentException the key's type cannot be used
   */
  Identity(Path file, KeyPair keys) {
    this.file = file;
    this.keys = keys;
    this.type = String.valueOf(KeyUtils.getKeyType(keys.getPublic()));
    if (algorithms(null).stream().anyMatch(name -> BuiltinSignatures.fromFactoryName(name) == null)
        || type.equals("ssh-dss")) {
      throw new IllegalArgumentException(
          "key type " + type + " is not supported (expected: ed25519, ecdsa or rsa)");
    }
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(keys.getPublic());
    this.blob = buffer.getCompactData();
  }

  /** The public key's wire form. */
  byte[] blob() {
    return blob;
  }

  /**
   * The signature algorithms to try. For RSA never ssh-rsa, which means SHA-1.
   *
   * @param accepted the server's server-sig-algs (RFC 8308); null: it did not say
   */
  List<String> algorithms(@Nullable Set<String> accepted) {
    if (!type.equals("ssh-rsa")) {
      return List.of(type);
    }
    return accepted == null
        ? RSA_ALGORITHMS
        : RSA_ALGORITHMS.stream().filter(accepted::contains).limit(1).toList();
  }

  /** Signs; takes milliseconds of CPU. */
  byte[] sign(SessionContext session, String algorithm, byte[] data)
      throws IOException, GeneralSecurityException {
    BuiltinSignatures builtin = BuiltinSignatures.fromFactoryName(algorithm);
    if (builtin == null) {
      throw new GeneralSecurityException("no signature algorithm " + algorithm);
    }
    try {
      Signature signature = builtin.create();
      signature.initSigner(session, keys.getPrivate());
      signature.update(session, data);
      return signature.sign(session);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** File and fingerprint. */
  @Override
  public String toString() {
    return file + " (" + KeyUtils.getFingerPrint(BuiltinDigests.sha256, keys.getPublic()) + ")";
  }
}
