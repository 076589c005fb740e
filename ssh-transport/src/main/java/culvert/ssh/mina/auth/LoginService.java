package culvert.ssh.mina.auth;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * MINA's authentication service with the methods of the {@link Login} that is attached to the
 * session. MINA's own fixes the methods when the session is made; here that may be long before
 * anyone logs in.
 */
final class LoginService extends ClientUserAuthService {
  private static final AttributeKey<String> REMARK = new AttributeKey<>();
  private static final AttributeKey<String> ACCEPTED = new AttributeKey<>();

  LoginService(Session session) {
    super(session);
  }

  @Override
  public AuthFuture auth(String service) throws IOException {
    Login login = Login.of(getClientSession());
    clientMethods.clear();
    login.methods().forEach(method -> clientMethods.add(method.toString()));
    return super.auth(service);
  }

  @Override
  protected void processUserAuth(int command, Buffer buffer, AuthFuture future) throws Exception {
    if (command == SshConstants.SSH_MSG_USERAUTH_FAILURE) {
      int start = buffer.rpos();
      List<String> methods =
          Stream.of(buffer.getString().split(",", -1)).filter(m -> !m.isBlank()).toList();
      boolean partial = buffer.getBoolean();
      buffer.rpos(start);
      getClientSession().removeAttribute(REMARK);
      Login.of(getClientSession()).answered(methods, partial);
    }
    super.processUserAuth(command, buffer, future);
  }

  @Override
  public void process(int command, Buffer buffer) throws Exception {
    if (command == SshConstants.SSH_MSG_USERAUTH_BANNER) {
      int start = buffer.rpos();
      String words = buffer.getString();
      buffer.rpos(start);
      if (Login.attachedTo(getClientSession()).filter(Login::sentAnything).isPresent()) {
        getClientSession().setAttribute(REMARK, words);
      }
    }
    super.process(command, buffer);
  }

  /** See {@link LoginMethods#remark}. */
  static Optional<String> remark(ClientSession session) {
    return Optional.ofNullable(session.getAttribute(REMARK));
  }

  /** The server has let us in by this method. */
  static void acceptedBy(ClientSession session, String method) {
    session.setAttribute(ACCEPTED, method);
  }

  /** See {@link LoginMethods#accepted}. */
  static String accepted(ClientSession session) {
    return Optional.ofNullable(session.getAttribute(ACCEPTED)).orElse("none");
  }

  /** Goes on with the next key or method when the current one gave up by itself. */
  void giveUpCurrent() throws Exception {
    AuthFuture future = authFutureHolder.get();
    if (future != null && !future.isDone()) {
      tryNext(SshConstants.SSH_MSG_USERAUTH_FAILURE, future);
    }
  }
}
