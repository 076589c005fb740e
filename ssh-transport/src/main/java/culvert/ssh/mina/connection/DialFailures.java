package culvert.ssh.mina.connection;

import culvert.ssh.NotLookedUpException;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** Puts TCP's failures into the words of the border. */
public final class DialFailures {
  private DialFailures() {}

  /**
   * @param whom stands before the reason: who it is, if not the server itself
   */
  static SshException of(SshServer server, String whom, Throwable cause, Duration timeout) {
    if (cause instanceof NotLookedUpException) {
      return failure(SshFailure.HELD_UP, server, whom + cause.getMessage(), cause);
    }
    if (cause instanceof CancellationException) {
      return failure(SshFailure.SESSION_ENDED, server, whom + "nobody waits any more", cause);
    }
    if (cause instanceof UnknownHostException) {
      return failure(SshFailure.NAME_UNKNOWN, server, whom + "name unknown", cause);
    }
    if (cause instanceof ConnectTimeoutException) {
      return failure(
          SshFailure.TIMED_OUT,
          server,
          whom + "no connection within " + timeout.toMillis() + " ms",
          cause);
    }
    if (cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
      return failure(SshFailure.CONNECTION_REFUSED, server, whom + "connection refused", cause);
    }
    return failure(
        SshFailure.NO_ROUTE, server, whom + "no route (" + cause.getMessage() + ")", cause);
  }

  public static SshException failure(
      SshFailure failure, SshServer server, String reason, Throwable cause) {
    return new SshException(failure, "ssh server " + server + ": " + reason, cause);
  }

  public static SshException failure(SshFailure failure, SshServer server, String reason) {
    return new SshException(failure, "ssh server " + server + ": " + reason);
  }
}
