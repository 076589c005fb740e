package culvert.proxy.admin;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The connections of the admin port, a bounded number: when there is one more, that one goes which
 * has asked for nothing for the longest time. Confined to the admin loop.
 */
final class AdminConnections {
  private final int most;
  private final EventExecutor loop;
  private final Set<Channel> open = new LinkedHashSet<>(); // the eldest question first
  private final Set<Channel> answering = new HashSet<>();

  AdminConnections(int most, EventExecutor loop) {
    this.most = most;
    this.loop = loop;
  }

  /**
   * Counts it until it closes.
   *
   * @return false: all the others are being answered, and there is no room
   */
  boolean enter(Channel connection) {
    assert loop.inEventLoop();
    if (open.size() == most) {
      Optional<Channel> idle =
          open.stream().filter(other -> !answering.contains(other)).findFirst();
      if (idle.isEmpty()) {
        return false;
      }
      forget(idle.get());
      idle.get().close();
    }
    open.add(connection);
    connection.closeFuture().addListener(closed -> forget(connection));
    return true;
  }

  /** It has asked for something. */
  void asked(Channel connection) {
    assert loop.inEventLoop();
    if (open.remove(connection)) {
      open.add(connection);
    }
  }

  /** It waits for an answer that takes a while. */
  void answering(Channel connection) {
    assert loop.inEventLoop();
    if (open.contains(connection)) {
      answering.add(connection);
    }
  }

  /** It waits no more. */
  void answered(Channel connection) {
    assert loop.inEventLoop();
    answering.remove(connection);
  }

  private void forget(Channel connection) {
    open.remove(connection);
    answering.remove(connection);
  }
}
