package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.client.auth.AbstractUserAuth;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.auth.UserAuthMethodFactory;
import org.apache.sshd.common.util.buffer.Buffer;

/** The {@code password} method (RFC 4252 section 8). */
final class PasswordAuth extends AbstractUserAuth {
  private final Login login;

  PasswordAuth(ClientSession session, Login login) {
    super(AuthMethod.PASSWORD.toString());
    this.login = login;
  }

  @Override
  protected boolean sendAuthDataRequest(ClientSession session, String service) throws Exception {
    if (!login.hasUnsentPassword(AuthMethod.PASSWORD)) {
      return false;
    }
    if (!UserAuthMethodFactory.isSecureAuthenticationTransport(session)) {
      login.note(AuthMethod.PASSWORD, "not sent over an unencrypted connection");
      return false;
    }
    byte[] password = login.takePassword(AuthMethod.PASSWORD);
    try {
      Buffer packet =
          session.createBuffer(
              SshConstants.SSH_MSG_USERAUTH_REQUEST,
              4 * session.getUsername().length()
                  + service.length()
                  + password.length
                  + SecretPacket.OVERHEAD);
      packet.putString(session.getUsername());
      packet.putString(service);
      packet.putString(getName());
      packet.putBoolean(false);
      packet.putBytes(password);
      SecretPacket.write(session, packet);
      return true;
    } finally {
      Arrays.fill(password, (byte) 0);
    }
  }

  @Override
  protected boolean processAuthDataRequest(ClientSession session, String service, Buffer buffer) {
    int command = buffer.getUByte();
    if (command != SshConstants.SSH_MSG_USERAUTH_PASSWD_CHANGEREQ) {
      throw new RuntimeSshException("password: unexpected message " + command);
    }
    login.giveUpForGood(AuthMethod.PASSWORD, "expired: the server wants it changed first");
    return false;
  }

  @Override
  public void signalAuthMethodSuccess(ClientSession session, String service, Buffer buffer) {
    LoginService.acceptedBy(session, getName());
    login.note(AuthMethod.PASSWORD, "accepted");
  }

  @Override
  public void signalAuthMethodFailure(
      ClientSession session,
      String service,
      boolean partial,
      List<String> serverMethods,
      Buffer buffer) {
    if (partial) {
      login.takenInPart(AuthMethod.PASSWORD);
    } else {
      login.note(AuthMethod.PASSWORD, "refused");
      login.passwordRefused();
    }
  }
}
