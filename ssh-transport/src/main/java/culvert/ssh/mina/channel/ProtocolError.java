package culvert.ssh.mina.channel;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/** What a peer must not say. MINA tells it so, with the code for it, and ends the session. */
final class ProtocolError extends SshException {
  private static final long serialVersionUID = 1;

  ProtocolError(String message) {
    super(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, message);
  }
}
