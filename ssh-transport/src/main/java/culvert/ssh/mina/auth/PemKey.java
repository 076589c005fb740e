package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.io.IOException;
import java.io.Reader;
import java.security.KeyPair;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** Private keys in PEM: PKCS#1, SEC 1 and PKCS#8, in the clear or encrypted. */
final class PemKey {
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private PemKey() {}

  /**
   * @throws IOException says what is wrong, without the file's name
   */
  static KeyPair parse(Reader pem, Optional<Secret> passphrase) throws IOException {
    Object found;
    try (PEMParser parser = new PEMParser(pem)) {
      do { // openssl puts "EC PARAMETERS" before an EC key
        found = parser.readObject();
      } while (found instanceof org.bouncycastle.asn1.ASN1ObjectIdentifier);
    } catch (IOException | RuntimeException e) {
      throw new IOException("is damaged: " + e.getMessage(), e);
    }
    if (found instanceof PEMEncryptedKeyPair encrypted) {
      return pair(decrypt(encrypted, passphrase).getPrivateKeyInfo());
    }
    if (found instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
      return pair(decrypt(encrypted, passphrase));
    }
    if (found instanceof PEMKeyPair pair) {
      return pair(pair.getPrivateKeyInfo());
    }
    if (found instanceof PrivateKeyInfo key) {
      return pair(key);
    }
    throw new IOException("is PEM, but holds no private key");
  }

  private static PEMKeyPair decrypt(PEMEncryptedKeyPair encrypted, Optional<Secret> passphrase)
      throws IOException {
    char[] secret = required(passphrase);
    try {
      return encrypted.decryptKeyPair(
          new JcePEMDecryptorProviderBuilder().setProvider(PROVIDER).build(secret));
    } catch (IOException | RuntimeException e) {
      throw LockedKeyException.wrongPassphrase(e);
    }
  }

  private static PrivateKeyInfo decrypt(
      PKCS8EncryptedPrivateKeyInfo encrypted, Optional<Secret> passphrase) throws IOException {
    char[] secret = required(passphrase);
    try {
      return encrypted.decryptPrivateKeyInfo(
          new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider(PROVIDER).build(secret));
    } catch (PKCSException | OperatorCreationException | RuntimeException e) {
      throw LockedKeyException.wrongPassphrase(e);
    }
  }

  private static char[] required(Optional<Secret> passphrase) throws IOException {
    return passphrase.orElseThrow(LockedKeyException::noPassphrase).reveal().toCharArray();
  }

  /** The files need not hold the public key, so it is computed. */
  private static KeyPair pair(PrivateKeyInfo info) throws IOException {
    SubjectPublicKeyInfo publicKey;
    try {
      publicKey =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
              publicKey(PrivateKeyFactory.createKey(info)));
    } catch (RuntimeException e) {
      throw new IOException("is damaged: " + e.getMessage(), e);
    }
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter().setProvider(PROVIDER);
    return new KeyPair(converter.getPublicKey(publicKey), converter.getPrivateKey(info));
  }

  private static AsymmetricKeyParameter publicKey(AsymmetricKeyParameter key) throws IOException {
    if (key instanceof RSAPrivateCrtKeyParameters rsa) {
      return new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
    }
    if (key instanceof ECPrivateKeyParameters ec) {
      return new ECPublicKeyParameters(
          new FixedPointCombMultiplier().multiply(ec.getParameters().getG(), ec.getD()),
          ec.getParameters());
    }
    if (key instanceof Ed25519PrivateKeyParameters ed25519) {
      return ed25519.generatePublicKey();
    }
    throw new IOException("holds a key of an unsupported type (expected: ed25519, ecdsa or rsa)");
  }
}
