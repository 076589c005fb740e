package culvert.proxy.admin;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The connections of the admin port, a bounded number: when there is one more, that one goes which
 * has waited longest without ever having asked for anything, or else the one that was answered
 * first. One that is being answered stays, but not for as long as it likes to read, or to ask on.
 * Confined to the admin loop.
 */
final class AdminConnections {
  /** More than an answer takes; then others may have the place. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final int most;
  private final EventExecutor loop;
  private final LongSupplier nanoTime;
  private final Set<Channel> silent = new LinkedHashSet<>(); // the eldest first
  private final Set<Channel> answered = new LinkedHashSet<>(); // the eldest answer first
  private final Map<Channel, Long> answering = new LinkedHashMap<>(); // since when; eldest first

  AdminConnections(int most, EventExecutor loop, LongSupplier nanoTime) {
    this.most = most;
    this.loop = loop;
    this.nanoTime = nanoTime;
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
        && !closeFirst(answered)
        && !closeFirstOverdue()) {
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

  private boolean closeFirstOverdue() {
    long now = nanoTime.getAsLong();
    return answering.entrySet().stream()
        .findFirst()
        .filter(first -> now - first.getValue() > PATIENCE.toNanos())
        .map(first -> closeFirst(answering.keySet()))
        .isPresent();
  }

  /** It has asked for something, and waits for the answer. */
  void asked(Channel connection) {
    assert loop.inEventLoop();
    if (silent.remove(connection) || answered.remove(connection)) {
      answering.put(connection, nanoTime.getAsLong());
    }
  }

  /** It has been given all that it has asked for: what was written has gone out. */
  void answered(Channel connection) {
    assert loop.inEventLoop();
    if (answering.remove(connection) != null) {
      answered.add(connection);
    }
  }

  private void forget(Channel connection) {
    silent.remove(connection);
    answered.remove(connection);
    answering.remove(connection);
  }
}
