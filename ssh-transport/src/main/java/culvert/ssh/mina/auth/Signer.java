package culvert.ssh.mina.auth;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.apache.sshd.common.session.SessionContext;

/** A private key that can be used, wherever it is. */
sealed interface Signer permits FileKey, AgentKey {

  /** The public half. */
  KeyBlob key();

  /**
   * Signs; blocks. Whoever shows the signature to a server checks it before.
   *
   * @param algorithm a signature algorithm, such as {@code rsa-sha2-512}
   * @param waited since the signature was wanted, which is off the patience with an agent
   * @return the signature with its algorithm's name (RFC 4253 section 6.6)
   */
  byte[] sign(SessionContext session, String algorithm, byte[] data, Duration waited)
      throws IOException, GeneralSecurityException;
}
