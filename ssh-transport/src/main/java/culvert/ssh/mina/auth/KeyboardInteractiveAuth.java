package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.client.auth.AbstractUserAuth;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.auth.UserAuthMethodFactory;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The {@code keyboard-interactive} method (RFC 4256), as far as a password can answer it: one
 * question whose answer is not echoed, and rounds without questions around it.
 */
final class KeyboardInteractiveAuth extends AbstractUserAuth {
  private static final int MAX_ROUNDS = 16;

  private final Login login;
  private boolean started;
  private boolean answered;
  private int rounds;

  KeyboardInteractiveAuth(ClientSession session, Login login) {
    super(AuthMethod.KEYBOARD_INTERACTIVE.toString());
    this.login = login;
  }

  @Override
  protected boolean sendAuthDataRequest(ClientSession session, String service) throws Exception {
    if (started || !login.hasUnsentPassword(AuthMethod.KEYBOARD_INTERACTIVE)) {
      return false;
    }
    if (!UserAuthMethodFactory.isSecureAuthenticationTransport(session)) {
      login.note(AuthMethod.KEYBOARD_INTERACTIVE, "not started over an unencrypted connection");
      return false;
    }
    started = true;
    login.sent();
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    packet.putString(session.getUsername());
    packet.putString(service);
    packet.putString(getName());
    packet.putString(""); // language
    packet.putString(""); // submethods: the server chooses
    session.writePacket(packet);
    return true;
  }

  @Override
  protected boolean processAuthDataRequest(ClientSession session, String service, Buffer buffer)
      throws Exception {
    int command = buffer.getUByte();
    if (command != SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST) {
      throw new RuntimeSshException("keyboard-interactive: unexpected message " + command);
    }
    buffer.getString(); // name
    buffer.getString(); // instruction
    buffer.getString(); // language
    int questions = buffer.getInt();
    if (++rounds > MAX_ROUNDS) {
      return giveUp("gave up after " + MAX_ROUNDS + " rounds");
    }
    if (questions == 0) {
      answerNothing(session);
      return true;
    }
    if (!login.hasUnsentPassword(AuthMethod.KEYBOARD_INTERACTIVE)) {
      String words = login.words().repeat(buffer.getBytes());
      return giveUp("server asks for more than the password: " + words);
    }
    if (questions != 1) {
      return giveUp("server asks " + questions + " questions (expected: one, for the password)");
    }
    buffer.getString(); // prompt
    boolean echo = buffer.getBoolean();
    if (echo) {
      return giveUp("server's question is not one for a password: the answer is echoed");
    }
    answerPassword(session);
    return true;
  }

  private boolean giveUp(String reason) {
    login.giveUpForGood(AuthMethod.KEYBOARD_INTERACTIVE, reason);
    return false;
  }

  private static void answerNothing(ClientSession session) throws IOException {
    Buffer packet = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE);
    packet.putUInt(0);
    session.writePacket(packet);
  }

  private void answerPassword(ClientSession session) throws IOException {
    byte[] password = login.takePassword(AuthMethod.KEYBOARD_INTERACTIVE);
    answered = true;
    try {
      Buffer packet =
          session.createBuffer(
              SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE, password.length + SecretPacket.OVERHEAD);
      packet.putUInt(1);
      packet.putBytes(password);
      SecretPacket.write(session, packet);
    } finally {
      Arrays.fill(password, (byte) 0);
    }
  }

  @Override
  public void signalAuthMethodSuccess(ClientSession session, String service, Buffer buffer) {
    LoginService.acceptedBy(session, getName());
    login.note(AuthMethod.KEYBOARD_INTERACTIVE, "accepted");
  }

  @Override
  public void signalAuthMethodFailure(
      ClientSession session,
      String service,
      boolean partial,
      List<String> serverMethods,
      Buffer buffer) {
    if (partial) {
      login.takenInPart(AuthMethod.KEYBOARD_INTERACTIVE);
    } else {
      login.note(AuthMethod.KEYBOARD_INTERACTIVE, "refused");
      if (answered) {
        login.passwordRefused();
      }
    }
  }
}
