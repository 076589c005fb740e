package culvert.proxy.handover;

import io.netty.channel.EventLoopGroup;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Bounds what users hand over, each for itself and all together. Thread-safe. */
final class UserShares {
  static final int MOST_COMMANDS_OF_ONE = 64;

  /** With those on which commands bring what was asked for. */
  static final int MOST_CONNECTIONS_OF_ONE = 2 * MOST_COMMANDS_OF_ONE;

  static final int MOST_USERS = 256;
  private static final long END_SECONDS = 5;

  private final Map<Long, Share> shares = new HashMap<>(); // guarded by this
  private int connections; // guarded by this
  private boolean any; // guarded by this
  private boolean closed; // guarded by this

  /**
   * What one user has of this process: a loop of its own, on which a socket that the user has
   * handed over, and can have block, holds up nobody else. Guarded by the outer object.
   */
  private static final class Share {
    private final UserLoop loop;
    private int connections;
    private int commands;

    Share(UserLoop loop) {
      this.loop = loop;
    }

    boolean isUnused() {
      return connections == 0 && loop.isEmpty();
    }
  }

  /** One connection's part of a share. Thread-safe. */
  final class Place {
    private final Share share;
    private boolean isCommand; // guarded by the outer object

    private Place(Share share) {
      this.share = share;
    }

    /** Of one thread: the user's, where all of it has to live and to end. */
    EventLoopGroup loop() {
      return share.loop;
    }

    /**
     * Counts one more command.
     *
     * @return false: that is one too many
     */
    boolean tryBeCommand() {
      synchronized (UserShares.this) {
        isCommand = share.commands < MOST_COMMANDS_OF_ONE;
        share.commands += isCommand ? 1 : 0;
        return isCommand;
      }
    }

    /** Once, when nothing of it is left. */
    void leave() {
      synchronized (UserShares.this) {
        share.commands -= isCommand ? 1 : 0;
        share.connections--;
        connections--;
        UserShares.this.notifyAll();
      }
    }
  }

  /**
   * Counts one more connection.
   *
   * @return empty: that is one too many
   */
  synchronized Optional<Place> tryEnter(long uid) {
    Share share = closed ? null : shares.get(uid);
    if (share == null) {
      Optional<UserLoop> loop = closed ? Optional.empty() : newLoop();
      if (loop.isEmpty()) {
        return Optional.empty();
      }
      share = new Share(loop.get());
      shares.put(uid, share);
    }
    if (share.connections == MOST_CONNECTIONS_OF_ONE) {
      return Optional.empty();
    }
    share.connections++;
    connections++;
    any = true;
    return Optional.of(new Place(share));
  }

  /** Where there are enough, the one of a user of whom nothing is left. */
  private Optional<UserLoop> newLoop() {
    if (shares.size() < MOST_USERS) {
      return Optional.of(new UserLoop());
    }
    for (Iterator<Share> all = shares.values().iterator(); all.hasNext(); ) {
      Share share = all.next();
      if (share.isUnused()) {
        all.remove();
        return Optional.of(share.loop);
      }
    }
    return Optional.empty();
  }

  /**
   * Waits until there was one, and there is none any more. Blocks.
   *
   * @param first how long the first one is waited for, in nanoseconds
   */
  synchronized void awaitNone(long first) throws InterruptedException {
    long deadline = System.nanoTime() + first;
    for (long left = first; !any && left > 0; left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    while (connections > 0) {
      wait();
    }
  }

  /** Ends the loops, and what is on them. Blocks, but for nobody who has one of them blocked. */
  void close() {
    List<Share> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(shares.values());
    }
    all.forEach(share -> share.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    all.forEach(
        share ->
            share.loop.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS));
  }
}
