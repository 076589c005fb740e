package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was decided about a new key before the login. If it was accepted, its host is bound to it
 * until {@link #end}, which whoever asked owes. Does not block; thread-safe.
 */
public final class Acceptance {
  private final HostKeyVerdict verdict;
  private final Subject subject;
  private final Optional<Hold> hold;

  /** Whose key it is. */
  record Subject(List<Path> files, LookupNames names, HostKey key, Object client) {}

  /** What the connection has of the store. */
  record Hold(AcceptedKeys keys, AcceptedKeys.Claim claim, NewNames.Reservation reservation) {
    void end() {
      keys.end(claim);
      reservation.end();
    }
  }

  Acceptance(HostKeyVerdict verdict, Subject subject, Optional<Hold> hold) {
    this.verdict = verdict;
    this.subject = subject;
    this.hold = hold;
  }

  /** Accepted, or why the connection must be given up. */
  public HostKeyVerdict verdict() {
    return verdict;
  }

  Subject subject() {
    return subject;
  }

  /** Empty: refused, or there is nothing to remember. */
  Optional<Hold> hold() {
    return hold;
  }

  /** From now on the server may see credentials. */
  public void loginBegins() {
    hold.ifPresent(held -> held.keys().loginBegins(held.claim()));
  }

  /** The connection is over, or the key is remembered. Idempotent. */
  public void end() {
    hold.ifPresent(Hold::end);
  }
}
