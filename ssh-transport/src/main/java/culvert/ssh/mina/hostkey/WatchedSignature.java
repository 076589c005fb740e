package culvert.ssh.mina.hostkey;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.Signature;

/**
 * Tells when a server's proof of its host key does not hold. MINA itself reports that as one of
 * many ways in which a key exchange fails.
 */
final class WatchedSignature implements Signature {
  private final Signature real;
  private final Consumer<HostKey> bad;
  private Optional<PublicKey> key = Optional.empty();

  private WatchedSignature(Signature real, Consumer<HostKey> bad) {
    this.real = real;
    this.bad = bad;
  }

  static NamedFactory<Signature> factory(NamedFactory<Signature> real, Consumer<HostKey> bad) {
    return new Factory(real, bad);
  }

  private record Factory(NamedFactory<Signature> real, Consumer<HostKey> bad)
      implements NamedFactory<Signature> {
    @Override
    public String getName() {
      return real.getName();
    }

    @Override
    public Signature create() {
      return new WatchedSignature(real.create(), bad);
    }
  }

  @Override
  public String getAlgorithm() {
    return real.getAlgorithm();
  }

  @Override
  public String getSshAlgorithmName(String algorithm) {
    return real.getSshAlgorithmName(algorithm);
  }

  @Override
  public void initVerifier(SessionContext session, PublicKey verified) throws Exception {
    PublicKey plain =
        verified instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : verified;
    key = Optional.of(plain);
    real.initVerifier(session, plain);
  }

  @Override
  public void initSigner(SessionContext session, PrivateKey signing) throws Exception {
    real.initSigner(session, signing);
  }

  @Override
  public void update(SessionContext session, byte[] data, int offset, int length) throws Exception {
    real.update(session, data, offset, length);
  }

  @Override
  public boolean verify(SessionContext session, byte[] signature) throws Exception {
    boolean holds = false;
    try {
      holds = real.verify(session, signature);
    } finally { // a malformed signature throws
      if (!holds) {
        key.map(HostKey::of).ifPresent(bad);
      }
    }
    return holds;
  }

  @Override
  public byte[] sign(SessionContext session) throws Exception {
    return real.sign(session);
  }
}
