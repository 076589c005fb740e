package culvert.ssh;

import io.netty.channel.ChannelException;
import io.netty.util.concurrent.FutureListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.NotYetConnectedException;
import java.util.Optional;
import java.util.function.Consumer;

/** Defects of ours: what of all that is thrown is one, and that they are heard of. */
public final class Defects {
  private Defects() {}

  /**
   * What peers bring about are I/O errors, also where Netty wraps those; epoll says of a reset that
   * nothing is connected.
   */
  public static boolean isOne(Throwable thrown) {
    return !(thrown instanceof Exception)
        || (thrown instanceof RuntimeException
            && !(thrown instanceof NotYetConnectedException)
            && !(thrown instanceof UncheckedIOException)
            && noSocket(thrown).isEmpty());
  }

  /** Why Netty could make no socket, if it says so: this host has no more of them, as a rule. */
  public static Optional<IOException> noSocket(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof ChannelException || cause instanceof InvocationTargetException) {
      cause = cause.getCause();
    }
    return thrown instanceof ChannelException && cause instanceof IOException io
        ? Optional.of(io)
        : Optional.empty();
  }

  /** The same listener, with somebody who hears of what it throws: Netty would only log it. */
  public static <T> FutureListener<T> told(FutureListener<T> then, Consumer<Throwable> defect) {
    return done -> {
      try {
        then.operationComplete(done);
      } catch (Exception | Error e) {
        defect.accept(e);
      }
    };
  }

  /** The same for a task of an event loop. */
  public static Runnable told(Runnable task, Consumer<Throwable> defect) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        defect.accept(e);
      }
    };
  }
}
