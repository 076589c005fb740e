package culvert.proxy.event;

import io.netty.channel.unix.Errors;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;

/** What has gone wrong, as a log tells it to somebody who does not know the code. */
public final class PlainWords {
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
      return cause.getCause() == null ? "no reason given" : of(cause.getCause());
    }
    if (cause.getCause() != null && message.equals(cause.getCause().toString())) {
      return of(cause.getCause()); // an exception that wraps another one without words of its own
    }
    return cause instanceof Errors.NativeIoException
        ? message.substring(message.lastIndexOf(": ") + 1).strip()
        : message;
  }
}
