package culvert.ssh.mina.auth;

import culvert.config.AuthMethod;
import culvert.config.SshProfile;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes {@link Login}s; keeps decrypted keys. One per transport. Thread-safe. */
public final class LoginFactory implements AutoCloseable {
  private final IdentityLoader identities;
  private final LoginThreads threads;

  /**
   * @param blocking where files are read and signatures made; the caller owns it
   */
  public LoginFactory(Executor blocking) {
    this(blocking, new IdentityLoader());
  }

  LoginFactory(Executor blocking, IdentityLoader identities) {
    threads = new LoginThreads(blocking);
    this.identities = identities;
  }

  /** Where to {@link #prepare} a login to that server. */
  public Executor threads(SshServer server) {
    return threads.toPrepare(server.profile().login());
  }

  /**
   * Gathers what the user can log in with; blocks: it reads and decrypts key files, and asks the
   * agent. The caller owns the login and must {@link Login#wipe} it.
   *
   * @param password from the FTP dialogue; copied. The profile's own password takes precedence.
   */
  public Login prepare(SshServer server, String user, Optional<Password> password) {
    SshProfile profile = server.profile();
    IdentityLoader.Loaded loaded =
        profile.login().authentication().contains(AuthMethod.PUBLICKEY)
            ? identities.load(profile)
            : IdentityLoader.Loaded.NOTHING;
    return new Login(server, user, loaded, passwordBytes(profile, password), threads);
  }

  @Override
  public void close() {
    threads.close();
  }

  private static @Nullable PasswordBytes passwordBytes(
      SshProfile profile, Optional<Password> password) {
    if (profile.login().password().isPresent()) {
      return PasswordBytes.of(profile.login().password().get().reveal());
    }
    return password.map(p -> PasswordBytes.of(p.copy(), profile.login().charset())).orElse(null);
  }
}
