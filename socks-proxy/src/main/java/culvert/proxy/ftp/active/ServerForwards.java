package culvert.proxy.ftp.active;

import culvert.proxy.relay.HomeLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Remote forwards whose transfers the server has heard of, oldest first: a client that sends its
 * next PORT early must not take the server's port from the transfer before. Confined to the
 * session's loop.
 */
final class ServerForwards implements AutoCloseable {
  private final HomeLoop home;
  private final Duration patience;
  private final Queue<ServerForward> unanswered = new ArrayDeque<>();

  /** Those whose servers may still be connecting, with the end of that. */
  private final Map<ServerForward, ScheduledFuture<?>> finished = new LinkedHashMap<>();

  /**
   * @param patience what a server may take to connect after its final reply
   */
  ServerForwards(HomeLoop home, Duration patience) {
    this.home = home;
    this.patience = patience;
  }

  void add(ServerForward forward) {
    home.check();
    unanswered.add(forward);
  }

  /**
   * The oldest one's transfer has had its final reply, which may overtake its data, but not by far.
   */
  void transferEnded(boolean failed) {
    home.check();
    ServerForward ended = unanswered.poll();
    if (ended != null && failed) {
      ended.close(); // the server will not come any more
    } else if (ended != null) {
      finished.put(ended, endInTime(ended));
    }
  }

  private ScheduledFuture<?> endInTime(ServerForward ended) {
    long millis = patience.toMillis();
    return home.in(
        patience,
        () -> {
          finished.remove(ended);
          ended.close("the FTP server did not connect within " + millis + " ms of its final reply");
        });
  }

  /** The client has its data, as it goes on. */
  void forgetFinished() {
    home.check();
    finished.forEach(
        (forward, end) -> {
          end.cancel(false);
          forward.close();
        });
    finished.clear();
  }

  @Override
  public void close() {
    forgetFinished();
    unanswered.forEach(ServerForward::close);
    unanswered.clear();
  }
}
