package culvert.proxy.handover;

import culvert.ssh.NettyTransport;
import io.netty.channel.EventLoopGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Bounds what users hand over, each for itself and all together. Thread-safe. */
final class UserShares {
  static final int MOST_NAMESPACES_OF_ONE = 64;
  private static final int MOST_USERS = 256;
  private static final long END_SECONDS = 5;

  private final Map<Long, UserShare> shares = new HashMap<>(); // guarded by this
  private int namespaces; // guarded by this
  private boolean any; // guarded by this
  private boolean closed; // guarded by this

  /**
   * Counts one more namespace.
   *
   * @return the user's loop; empty: that is one too many
   */
  synchronized Optional<EventLoopGroup> tryAcquire(long uid) {
    if (closed || (!shares.containsKey(uid) && shares.size() == MOST_USERS)) {
      return Optional.empty();
    }
    UserShare share =
        shares.computeIfAbsent(
            uid, user -> new UserShare(NettyTransport.EPOLL.newGroup("culvert-exec-" + user, 1)));
    if (share.namespaces() == MOST_NAMESPACES_OF_ONE) {
      return Optional.empty();
    }
    share.add(1);
    namespaces++;
    any = true;
    return Optional.of(share.loop());
  }

  /** Once for each that was acquired. */
  synchronized void release(long uid) {
    UserShare share = shares.get(uid);
    if (share != null) {
      share.add(-1);
      namespaces--;
      notifyAll();
    }
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
    while (namespaces > 0) {
      wait();
    }
  }

  /** Ends the loops, and what is on them. Blocks, but for nobody who has one of them blocked. */
  void close() {
    List<UserShare> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(shares.values());
    }
    all.forEach(share -> share.loop().shutdownGracefully(0, 1, TimeUnit.SECONDS));
    all.forEach(
        share ->
            share.loop().terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS));
  }
}
