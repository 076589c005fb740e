package culvert.ssh.mina.connection;

import culvert.config.SshWay;
import culvert.ssh.Defects;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.PlainWords;
import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Puts what ends connections into the words of the border. */
public final class DialFailures {
  /** A server that hangs up on us who kept it waiting so long says nothing of itself. */
  private static final Duration NOTICEABLE = Duration.ofSeconds(1);

  /** Both sides' lists of algorithms have room, as they usually are. */
  private static final int LONGEST_WORDS = 2000;

  private DialFailures() {}

  /**
   * @param whom stands before the reason: who it is, if not the server itself
   */
  static SshException of(SshServer server, String whom, Throwable cause, Duration timeout) {
    if (cause instanceof NotLookedUpException) {
      return failure(SshFailure.HELD_UP, server, whom + PlainWords.of(cause), cause);
    }
    Optional<IOException> noSocket = Defects.noSocket(cause);
    if (noSocket.isPresent()) {
      String why = PlainWords.of(noSocket.get());
      return failure(SshFailure.HELD_UP, server, whom + "no socket (" + why + ")", cause);
    }
    if (cause instanceof CancellationException) {
      return failure(SshFailure.SESSION_ENDED, server, whom + "nobody waits any more", cause);
    }
    if (Defects.isOne(cause) && !isUnsupported(cause)) {
      return SshException.of(cause);
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
        SshFailure.NO_ROUTE, server, whom + "no route (" + PlainWords.of(cause) + ")", cause);
  }

  /** An address that this host has no protocol for; Java says so as of a defect. */
  private static boolean isUnsupported(Throwable cause) {
    return cause instanceof UnsupportedAddressTypeException
        || cause instanceof UnresolvedAddressException;
  }

  /**
   * No connection, or no keys exchanged, within connect-timeout.
   *
   * @param reached whether the TCP connection stands
   */
  static SshException connectTimedOut(SshServer server, boolean reached) {
    String phase = reached ? "no SSH key exchange" : "no connection";
    Duration timeout = server.profile().timeouts().connect();
    return failure(
        SshFailure.TIMED_OUT,
        server,
        way(server) + phase + " within " + timeout.toMillis() + " ms");
  }

  private static String way(SshServer server) {
    return server
        .hop()
        .map(hop -> "through ssh server " + hop + ": ")
        .orElse(
            server.profile().way() instanceof SshWay.Proxy proxy ? "proxy " + proxy + ": " : "");
  }

  static SshException loginTimedOut(SshServer server) {
    Duration timeout = server.profile().timeouts().login();
    return failure(SshFailure.TIMED_OUT, server, "no login within " + timeout.toMillis() + " ms");
  }

  /**
   * Time was up in our own queues.
   *
   * @param what was waited for
   */
  static SshException heldUp(SshServer server, String what, Duration own) {
    return failure(
        SshFailure.HELD_UP,
        server,
        "held up here, waiting for " + what + " for " + own.toMillis() + " ms");
  }

  /**
   * The connection broke before keys were exchanged.
   *
   * @param own for how long of that time the server was waiting for us
   */
  static SshException beforeTheKeys(SshServer server, Throwable cause, Duration own) {
    return own.compareTo(NOTICEABLE) > 0
        ? failure(SshFailure.HELD_UP, server, "hung up on us, who kept it waiting", cause)
        : failure(SshFailure.NOT_SSH, server, "no SSH session: " + words(cause), cause);
  }

  static SshException beforeTheLogin(SshServer server, Throwable cause) {
    return failure(SshFailure.NOT_SSH, server, "hung up before the login", cause);
  }

  static SshException sessionEnded(SshServer server, Throwable cause) {
    return failure(SshFailure.SESSION_ENDED, server, "session ended: " + words(cause), cause);
  }

  /** In which a server has its say: its algorithms, for example, where none of them will do. */
  private static String words(Throwable cause) {
    return Printable.text(PlainWords.of(cause), LONGEST_WORDS);
  }

  public static SshException failure(
      SshFailure failure, SshServer server, String reason, Throwable cause) {
    return new SshException(failure, "ssh server " + server + ": " + reason, cause);
  }

  public static SshException failure(SshFailure failure, SshServer server, String reason) {
    return new SshException(failure, "ssh server " + server + ": " + reason);
  }
}
