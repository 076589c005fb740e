package culvert.ssh.mina.auth;

import culvert.ssh.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import org.apache.sshd.common.config.keys.u2f.SecurityKeyPublicKey;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Whether a signature is good, before a server judges it: what it says to a wrong one is no verdict
 * on the user.
 */
final class SignatureCheck {
  private final String algorithm;
  private final PublicKey key;

  /**
   * @param shown the public key or certificate that the server sees
   * @param algorithm a signature algorithm, such as {@code rsa-sha2-512}
   * @throws IOException nobody here can check that
   */
  SignatureCheck(KeyBlob shown, String algorithm) throws IOException {
    KeyBlob plain = shown.isCertificate() ? Certificate.of(shown).key() : shown;
    this.algorithm = algorithm;
    try {
      key = new ByteArrayBuffer(plain.octets()).getRawPublicKey();
    } catch (IOException | RuntimeException e) {
      throw new IOException("key type " + plain.type() + " is not supported", e);
    }
  }

  /**
   * Returns if the signature is good.
   *
   * @param signature with its algorithm's name (RFC 4253 section 6.6)
   * @throws WrongSignatureException it is not
   */
  void verify(SessionContext session, byte[] data, byte[] signature)
      throws WrongSignatureException {
    boolean good;
    try {
      good = isGood(session, data, new WireReader(signature));
    } catch (WrongSignatureException e) {
      throw e;
    } catch (Exception e) { // MINA's declare no less; a length that is wrong is one, too
      throw new WrongSignatureException(String.valueOf(e.getMessage()), e);
    }
    if (!good) {
      throw new WrongSignatureException("the signature does not fit the key");
    }
  }

  private boolean isGood(SessionContext session, byte[] data, WireReader in) throws Exception {
    String made = in.text("signature's algorithm");
    if (!made.equals(algorithm)) {
      throw new WrongSignatureException(
          "signed with " + Printable.text(made) + " (expected: " + algorithm + ")");
    }
    byte[] octets = in.string("signature");
    if (key instanceof SecurityKeyPublicKey<?> securityKey) {
      byte[] signed = signedBySecurityKey(securityKey, data, in);
      in.end();
      return verifies(session, securityKey.getDelegatePublicKey(), signed, octets);
    }
    in.end();
    return verifies(session, key, data, octets);
  }

  /**
   * What a security key signs (OpenSSH's PROTOCOL.u2f). MINA's own check demands that somebody has
   * touched it, which is the server's to demand.
   */
  private static byte[] signedBySecurityKey(
      SecurityKeyPublicKey<?> securityKey, byte[] data, WireReader in) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] application = sha256.digest(securityKey.getAppName().getBytes(StandardCharsets.UTF_8));
    byte flags = (byte) in.octet("flags");
    int counter = (int) in.uint32("counter");
    byte[] message = sha256.digest(data);
    return ByteBuffer.allocate(application.length + 1 + Integer.BYTES + message.length)
        .put(application)
        .put(flags)
        .putInt(counter)
        .put(message)
        .array();
  }

  private boolean verifies(SessionContext session, PublicKey by, byte[] data, byte[] octets)
      throws Exception {
    String plain =
        switch (algorithm) {
          case "sk-ssh-ed25519@openssh.com" -> "ssh-ed25519";
          case "sk-ecdsa-sha2-nistp256@openssh.com" -> "ecdsa-sha2-nistp256";
          default -> algorithm;
        };
    BuiltinSignatures builtin = BuiltinSignatures.fromFactoryName(plain);
    if (builtin == null) {
      throw new GeneralSecurityException("no signature algorithm " + plain);
    }
    Signature signature = builtin.create();
    signature.initVerifier(session, by);
    signature.update(session, data);
    return signature.verify(session, octets);
  }
}
