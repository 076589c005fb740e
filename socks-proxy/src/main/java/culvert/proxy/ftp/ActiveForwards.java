package culvert.proxy.ftp;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Remote forwards whose transfers the server has heard of, oldest first: a client that sends its
 * next PORT early must not take the server's port from the transfer before. Confined to the
 * session's loop.
 */
final class ActiveForwards implements AutoCloseable {
  private final Queue<ForwardedData> unanswered = new ArrayDeque<>();
  private @Nullable ForwardedData finished;

  void add(ForwardedData forward) {
    unanswered.add(forward);
  }

  /** The oldest one's transfer has had its final reply, which may overtake its data. */
  void transferEnded(boolean failed) {
    ForwardedData ended = unanswered.poll();
    if (ended != null) {
      forgetFinished();
      finished = ended;
      if (failed) {
        forgetFinished(); // the server will not come any more
      }
    }
  }

  /** The client has its data, as it goes on. */
  void forgetFinished() {
    if (finished != null) {
      finished.close();
      finished = null;
    }
  }

  @Override
  public void close() {
    forgetFinished();
    unanswered.forEach(ForwardedData::close);
    unanswered.clear();
  }
}
