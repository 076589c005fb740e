package culvert.ssh.mina.auth;

import java.io.IOException;
import java.security.GeneralSecurityException;
import org.apache.sshd.common.session.SessionContext;

/** A private key that can be used, wherever it is. */
sealed interface Signer permits FileKey, AgentKey {

  /** The public half. */
  KeyBlob key();

  /**
   * Signs; blocks.
   *
   * @param algorithm a signature algorithm, such as {@code rsa-sha2-512}
   * @return the signature with its algorithm's name (RFC 4253 section 6.6)
   */
  byte[] sign(SessionContext session, String algorithm, byte[] data)
      throws IOException, GeneralSecurityException;
}
