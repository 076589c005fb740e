package culvert.proxy.ftp.core;

import culvert.config.Endpoint;
import culvert.ssh.Password;
import java.util.Optional;

/** What the session has to do after the {@link LoginCapture} has seen something, in order. */
public sealed interface LoginEffect {

  /** Bytes for the client, not to be changed. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToClient(byte[] bytes) implements LoginEffect {
    @Override
    public String toString() {
      return "ToClient";
    }
  }

  /** Bytes for the server. May hold the password: their owner wipes them after writing. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToServer(byte[] bytes) implements LoginEffect {
    @Override
    public String toString() {
      return "ToServer";
    }
  }

  /**
   * Find the way to the destination that the client wants.
   *
   * @param named by USER, and not checked; empty: the one that the front door was asked for
   */
  record DecideDestination(Optional<Endpoint> named) implements LoginEffect {}

  /**
   * Make the upstream control connection.
   *
   * @param user the argument of USER as it came; may be empty
   * @param password belongs to the {@link LoginCapture}
   */
  @SuppressWarnings("ArrayRecordComponent")
  record OpenUpstream(byte[] user, Optional<Password> password) implements LoginEffect {
    @Override
    public String toString() {
      return "OpenUpstream";
    }
  }

  /** Close the upstream control connection: the next one will be another. */
  record CloseUpstream() implements LoginEffect {}

  /** The login is over: the command goes the way of every other one. */
  record Forward(Command command) implements LoginEffect {}

  /** Say no more to the client, and close. */
  record Close() implements LoginEffect {}
}
