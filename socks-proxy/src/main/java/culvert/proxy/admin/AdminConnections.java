package culvert.proxy.admin;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of the admin port, a bounded number: when there is one more, that one goes which
 * has waited longest without ever having asked for anything, or else the one that was answered
 * first. One that is being answered stays. Confined to the admin loop.
 */
final class AdminConnections {
  private final int most;
  private final EventExecutor loop;
  private final Set<Channel> silent = new LinkedHashSet<>(); // the eldest first
  private final Set<Channel> answered = new LinkedHashSet<>(); // the eldest answer first
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
    if (silent.size() + answered.size() + answering.size() == most
        && !closeFirst(silent)
        && !closeFirst(answered)) {
      return false;
    }
    silent.add(connection);
    connection.closeFuture().addListener(closed -> forget(connection));
    return true;
  }

  private static boolean closeFirst(Set<Channel> connections) {
    Iterator<Channel> first = connections.iterator();
    if (!first.hasNext()) {
      return false;
    }
    Channel connection = first.next();
    first.remove();
    connection.close();
    return true;
  }

  /** It has asked for something, and waits for the answer. */
  void asked(Channel connection) {
    assert loop.inEventLoop();
    if (silent.remove(connection) || answered.remove(connection)) {
      answering.add(connection);
    }
  }

  /** It has been given all that it has asked for: what was written has gone out. */
  void answered(Channel connection) {
    assert loop.inEventLoop();
    if (answering.remove(connection)) {
      answered.add(connection);
    }
  }

  private void forget(Channel connection) {
    silent.remove(connection);
    answered.remove(connection);
    answering.remove(connection);
  }
}
