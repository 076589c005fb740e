package culvert.ssh.mina.auth;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** A private key out of a file. Immutable. */
final class FileKey implements Signer {
  private final PrivateKey privateKey;
  private final KeyBlob key;

  /**
   * @throws IOException the key's type cannot be used
   */
  FileKey(KeyPair keys) throws IOException {
    privateKey = keys.getPrivate();
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(keys.getPublic());
    key = new KeyBlob(buffer.getCompactData());
    if (key.type().equals("ssh-dss") || BuiltinSignatures.fromFactoryName(key.type()) == null) {
      throw new IOException(
          "key type " + key.type() + " is not supported (expected: ed25519, ecdsa or rsa)");
    }
  }

  @Override
  public KeyBlob key() {
    return key;
  }

  /** Takes milliseconds of CPU. */
  @Override
  public byte[] sign(SessionContext session, String algorithm, byte[] data, Duration waited)
      throws IOException, GeneralSecurityException {
    BuiltinSignatures builtin = BuiltinSignatures.fromFactoryName(algorithm);
    if (builtin == null) {
      throw new GeneralSecurityException("no signature algorithm " + algorithm);
    }
    try {
      Signature signature = builtin.create();
      signature.initSigner(session, privateKey);
      signature.update(session, data);
      ByteArrayBuffer signed = new ByteArrayBuffer();
      signed.putString(algorithm);
      signed.putBytes(signature.sign(session));
      return signed.getCompactData();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new GeneralSecurityException(e);
    }
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
