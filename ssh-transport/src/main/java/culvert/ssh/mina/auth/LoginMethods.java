package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.ssh.mina.kex.CarefulSession;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.UserAuth;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.session.Session;

/** Makes a client log in by {@link Login}s. */
public final class LoginMethods {
  private LoginMethods() {}

  /**
   * Sets the client's methods, services and sessions; before it is started. The sessions leave
   * MINA's hex dumps out of the log, and the password out of what a server says to people.
   *
   * @param connections makes what follows the login
   */
  public static void install(SshClient client, ServiceFactory connections) {
    client.setUserAuthFactories(
        List.of(
            new Method(AuthMethod.PUBLICKEY, PublicKeyAuth::new),
            new Method(AuthMethod.KEYBOARD_INTERACTIVE, KeyboardInteractiveAuth::new),
            new Method(AuthMethod.PASSWORD, PasswordAuth::new)));
    client.setSessionFactory(CarefulSession.factory(client, SpokenMessages::heard));
    client.setServiceFactories(List.of(new LoginServiceFactory(), connections));
  }

  /**
   * What the server said, by a banner, between what it was shown last and letting us in: sshd says
   * so what PAM remarks on the account.
   */
  public static Optional<String> remark(ClientSession session) {
    return LoginService.remark(session);
  }

  /** The method by which the server has let us in, of several the last; {@code none}: by none. */
  public static String accepted(ClientSession session) {
    return LoginService.accepted(session);
  }

  private record Method(AuthMethod method, BiFunction<ClientSession, Login, UserAuth> constructor)
      implements UserAuthFactory {
    @Override
    public String getName() {
      return method.toString();
    }

    @Override
    public UserAuth createUserAuth(ClientSession session) {
      return constructor.apply(session, Login.of(session));
    }
  }

  private static final class LoginServiceFactory implements ServiceFactory {
    @Override
    public String getName() {
      return "ssh-userauth";
    }

    @Override
    public Service create(Session session) {
      return new LoginService(session);
    }
  }
}
