package culvert.proxy.ftp.data;

import culvert.proxy.event.EndReason;
import culvert.proxy.relay.HomeLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Brings what data connections tell from their own loops to the session's, in order. Any thread may
 * tell.
 *
 * <p>Loops look at their sockets between tasks, so that a reply which the server gave because of
 * something may be read before the task that tells of it has run: the session calls {@link
 * #catchUp} before it looks at what the server says.
 */
public final class DataEvents implements DataSession {
  private final HomeLoop home;
  private final DataSession session;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private boolean telling; // confined to the loop

  /**
   * @param home the session's
   * @param session is told there
   */
  public DataEvents(HomeLoop home, DataSession session) {
    this.home = home;
    this.session = session;
  }

  @Override
  public void arriving(Future<?> known) {
    post(() -> session.arriving(known));
  }

  @Override
  public void started(int request, DuplexChannel client) {
    post(() -> session.started(request, client));
  }

  @Override
  public void clientEnded(int request) {
    post(() -> session.clientEnded(request));
  }

  @Override
  public void ended(int request, DuplexChannel client, EndReason reason) {
    post(() -> session.ended(request, client, reason));
  }

  @Override
  public void beforeBreakingOff(int request, Runnable then) {
    post(() -> session.beforeBreakingOff(request, then));
  }

  /** Tells everything that has happened so far, unless that is being done. On the loop. */
  public void catchUp() {
    home.check();
    if (telling) {
      return;
    }
    telling = true;
    try {
      tellAll();
    } finally {
      telling = false;
    }
  }

  private void tellAll() {
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
  }

  private void post(Runnable event) {
    events.add(event);
    if (!home.post(this::catchUp)) {
      tellAll(); // the loop has ended, and with it everything that could run beside this
    }
  }
}
