package culvert.proxy.ftp;

import culvert.proxy.relay.Closing;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session's data connections while they live, and what waits for an ABOR to be answered. Confined
 * to the session's loop.
 */
final class DataTransfers {
  private final HomeLoop home;
  private final Duration patience;
  private final Set<DuplexChannel> clients = new LinkedHashSet<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private @Nullable ScheduledFuture<?> timer;
  private boolean overdue;

  /**
   * @param patience what a server may take to answer ABOR
   */
  DataTransfers(HomeLoop home, Duration patience) {
    this.home = home;
    this.patience = patience;
  }

  void started(DuplexChannel dataClient) {
    home.check();
    clients.add(dataClient);
  }

  void ended(DuplexChannel dataClient) {
    home.check();
    clients.remove(dataClient);
  }

  /** Whether data may be on their way. */
  boolean anyOpen() {
    return !clients.isEmpty();
  }

  /**
   * An ABOR is on its way. Most servers read it only when the data connection dies: so that happens
   * when the answer does not come.
   */
  void abortSent() {
    home.check();
    if (timer == null) {
      timer = home.in(patience, this::abortIsOverdue);
    }
  }

  void abortAnswered() {
    stopTimer();
    overdue = false;
    proceed();
  }

  /** Runs the task when the ABOR was answered or has had its time. */
  void afterAbort(Runnable task) {
    if (timer == null || overdue) {
      task.run();
    } else {
      home.check();
      waiting.add(task);
    }
  }

  /** The session has ended: nothing waits any more. */
  void close() {
    stopTimer();
    proceed();
  }

  private void abortIsOverdue() {
    overdue = true;
    timer = null;
    List.copyOf(clients).forEach(Closing::reset);
    proceed();
  }

  private void proceed() {
    home.check();
    List<Runnable> tasks = List.copyOf(waiting);
    waiting.clear();
    tasks.forEach(Runnable::run);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
