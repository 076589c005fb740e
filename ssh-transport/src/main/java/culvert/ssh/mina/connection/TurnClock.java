package culvert.ssh.mina.connection;

import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Two clocks of which one runs at a time, as in chess: the peer's, and our own for the time that
 * passes in Culvert's queues. So a deadline of the peer's is none for what we have kept waiting
 * ourselves, and the other way round. Stopped until the first turn. Confined to an event loop, but
 * for {@link #ownTime}.
 */
final class TurnClock {
  private final BiFunction<Duration, Runnable, ScheduledFuture<?>> timer;
  private final LongSupplier nanoTime;
  private final Side peer;
  private final Side own;
  private @Nullable Side turn; // written under the lock

  private static final class Side {
    private final Runnable late;
    private long left;
    private long spent; // guarded by the clock
    private long since; // guarded by the clock
    private @Nullable ScheduledFuture<?> deadline;

    Side(Duration limit, Runnable late) {
      this.left = limit.toNanos();
      this.late = late;
    }
  }

  /**
   * @param timer runs a task on the loop after a while
   * @param nanoTime the loop's, so that the two never disagree
   * @param peerLate the peer's time is up; told once, and then the clock has stopped
   * @param ownLate the same of our own
   */
  TurnClock(
      BiFunction<Duration, Runnable, ScheduledFuture<?>> timer,
      LongSupplier nanoTime,
      Duration peers,
      Runnable peerLate,
      Duration ours,
      Runnable ownLate) {
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.peer = new Side(peers, peerLate);
    this.own = new Side(ours, ownLate);
  }

  void peersTurn() {
    turn(peer);
  }

  void ourTurn() {
    turn(own);
  }

  private void turn(Side next) {
    if (turn == next) {
      return;
    }
    stop();
    synchronized (this) {
      turn = next;
      next.since = nanoTime.getAsLong();
    }
    next.deadline = timer.apply(Duration.ofNanos(Math.max(0, next.left)), () -> late(next));
  }

  private void late(Side side) {
    if (turn == side) {
      stop();
      side.late.run();
    }
  }

  /** Nobody's turn; a later one goes on with what is left. */
  void stop() {
    Side side = turn;
    if (side == null) {
      return;
    }
    synchronized (this) {
      turn = null;
      long passed = nanoTime.getAsLong() - side.since;
      side.spent += passed;
      side.left -= passed;
    }
    if (side.deadline != null) {
      side.deadline.cancel(false);
    }
  }

  /** How much of the time has been our own until now. Any thread. */
  synchronized Duration ownTime() {
    long running = turn == own ? nanoTime.getAsLong() - own.since : 0;
    return Duration.ofNanos(own.spent + running);
  }
}
