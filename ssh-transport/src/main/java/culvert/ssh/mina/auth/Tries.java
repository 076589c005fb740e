package culvert.ssh.mina.auth;

import java.util.regex.Pattern;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/**
 * How many tries a login has had, of which a server gives so many. Confined to the session's
 * thread.
 */
final class Tries {
  /** What OpenSSH and others say when they end a session for it. */
  private static final Pattern TOO_MANY =
      Pattern.compile("too many auth", Pattern.CASE_INSENSITIVE);

  /** sshd's MaxAuthTries, unless somebody changed it. */
  private static final int GIVEN = 6;

  private int refusals;
  private int keysShown;
  private boolean tooMany;

  void refused() {
    refusals++;
  }

  void keyShown() {
    keysShown++;
  }

  /**
   * The server ends the session. That it has had enough tries is told by its words: the code is a
   * protocol error with OpenSSH, and that is also what MINA gives a packet that somebody has
   * damaged.
   */
  void disconnected(String said) {
    tooMany = TOO_MANY.matcher(said).lookingAt();
  }

  /**
   * How many there are before so many others. Each that the server refuses counts, and after a
   * number of refusals it hangs up. Where none follows, there is nothing to save.
   */
  int leftBefore(long later) {
    return later == 0 ? Integer.MAX_VALUE : (int) Math.max(1, GIVEN - refusals - later);
  }

  /** By MINA's word, after the server has refused what we tried last, or by the server's own. */
  boolean usedUp(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SshException ssh
          && ssh.getDisconnectCode()
              == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
        return true;
      }
    }
    return tooMany;
  }

  /** What to do if the server ended it all, and keys had to do with that. */
  String tooManyKeys() {
    return keysShown > 0 && tooMany
        ? ": too many tries for this server, "
            + keysShown
            + (keysShown == 1 ? " of them with a key" : " of them with keys")
            + " (identities-only: true tries none but those that the profile names)"
        : "";
  }
}
