package culvert.ssh;

import java.io.FileNotFoundException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.regex.Pattern;

/** What has gone wrong, as a log tells it to somebody who does not know the code. */
public final class PlainWords {
  /** {@code finishConnect(..) failed with error(-111): Connection refused: /192.0.2.1:22}. */
  private static final Pattern EPOLLS_CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed[^:]*: ");

  private PlainWords() {}

  /**
   * The exception's own words, and none of its type; epoll puts its own call before the kernel's.
   */
  public static String of(Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      return "connection closed";
    }
    if (cause instanceof NotYetConnectedException) {
      return "connection reset"; // which epoll says of a socket that has been reset
    }
    String message = cause.getMessage();
    if (message == null || message.isBlank()) {
      return cause.getCause() == null ? wordless(cause) : of(cause.getCause());
    }
    if (cause.getCause() != null && message.equals(cause.getCause().toString())) {
      return of(cause.getCause()); // an exception that wraps another one without words of its own
    }
    return EPOLLS_CALL.matcher(message).replaceFirst("");
  }

  /** What epoll tells by the type alone. */
  private static String wordless(Throwable cause) {
    if (cause instanceof FileNotFoundException) {
      return "no such file";
    }
    if (cause instanceof NoRouteToHostException) {
      return "no route to host";
    }
    return "no reason given";
  }
}
