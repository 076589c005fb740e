package culvert.proxy.ftp.core;

import culvert.ssh.Password;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who the client says it is. Owns the password, and wipes what it forgets. */
final class CapturedLogin {
  private byte[] name = {};
  private @Nullable Command user;
  private @Nullable Command account;
  private @Nullable Password password;

  /** Another user: what was known of the one before is forgotten. */
  void user(byte[] newName, Command command) {
    if (user != null) {
      forgetAccount(); // it was the other user's
    }
    forgetUser();
    name = newName;
    user = command;
  }

  void password(Command pass) {
    password = new Password(pass.argument());
    pass.wipe();
  }

  /** Takes the command over. */
  void account(Command command) {
    forgetAccount();
    account = command;
  }

  /** The argument of USER; empty if there is none. Not to be changed. */
  byte[] name() {
    return name;
  }

  Optional<Password> password() {
    return Optional.ofNullable(password);
  }

  /** What tells a server of it. */
  LoginReplay replay(RecordedCommands before) {
    if (user == null) {
      throw new IllegalStateException("FTP login: nothing was captured");
    }
    return new LoginReplay(
        before.inOrder(), user, Optional.ofNullable(password), Optional.ofNullable(account));
  }

  /** All but the name, which a login that succeeded keeps. */
  void forgetSecrets() {
    byte[] kept = name;
    forget();
    name = kept;
  }

  void forget() {
    forgetUser();
    forgetAccount();
  }

  private void forgetUser() {
    if (password != null) {
      password.close();
      password = null;
    }
    user = null;
    name = new byte[0];
  }

  private void forgetAccount() {
    if (account != null) {
      account.wipe();
      account = null;
    }
  }
}
