package culvert.proxy.relay;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop that some state is confined to: that of a channel, where it is at the moment,
 * because a channel can move. Each channel has one of these. Any thread may call.
 *
 * <p>What is posted runs in the order in which it was posted, on the loop where the channel is by
 * then. While the channel moves, nothing of that runs.
 */
public final class HomeLoop {
  private static final Logger LOG = LoggerFactory.getLogger(HomeLoop.class);
  private static final AttributeKey<HomeLoop> KEY = AttributeKey.valueOf(HomeLoop.class, "home");

  private final Channel channel;
  private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean moving;
  private boolean running; // confined to the loop: a task that was posted

  private HomeLoop(Channel channel) {
    this.channel = channel;
  }

  public static HomeLoop of(Channel channel) {
    Attribute<HomeLoop> home = channel.attr(KEY);
    HomeLoop present = home.get();
    if (present == null) {
      HomeLoop made = new HomeLoop(channel);
      HomeLoop other = home.setIfAbsent(made);
      present = other == null ? made : other;
    }
    return present;
  }

  /** Where the channel lives at this moment. */
  public EventLoop loop() {
    return channel.eventLoop();
  }

  private boolean isHere() {
    return loop().inEventLoop();
  }

  /**
   * For whatever changes the state: it must be called there, or where nothing runs there any more.
   */
  public void check() {
    assert isHere() || loop().isShutdown()
        : "on " + Thread.currentThread().getName() + ", not on the loop of " + channel;
  }

  /**
   * Runs the task there: now, if that is here.
   *
   * @return false where the loop has ended: then it has closed its channels, and nothing runs
   */
  public boolean post(Runnable task) {
    if (isHere() && !moving) {
      runPosted(); // it was first
      task.run();
      return true;
    }
    return postLater(task);
  }

  /**
   * Runs the task there, later.
   *
   * @return as {@link #post}
   */
  public boolean postLater(Runnable task) {
    posted.add(task);
    return moving || schedule();
  }

  private boolean schedule() {
    if (!scheduled.compareAndSet(false, true)) {
      return true;
    }
    if (Loops.execute(loop(), this::proceed)) {
      return true;
    }
    scheduled.set(false);
    return false;
  }

  private void proceed() {
    scheduled.set(false);
    if (moving) {
      return; // goes on when it is there
    }
    if (isHere()) {
      runPosted();
    } else if (!posted.isEmpty()) {
      schedule(); // it has moved
    }
  }

  /** A task that posts something itself is finished first; one that fails is heard of. */
  private void runPosted() {
    if (running || posted.isEmpty()) {
      return;
    }
    running = true;
    for (Runnable task = posted.poll(); task != null; task = moving ? null : posted.poll()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("{}: a task failed", channel, e); // whoever runs it here has no part in it
      }
    }
    running = false;
  }

  /**
   * Runs the task there, after that time. Who moves the channel meanwhile cannot take it back any
   * more when it is due.
   */
  public ScheduledFuture<?> in(Duration delay, Runnable task) {
    return loop().schedule(() -> post(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The time by which {@link #in} runs, as {@link System#nanoTime}. */
  public long nanoTime() {
    return loop().ticker().nanoTime();
  }

  /** One that completes there, unless the channel moves. */
  public <T> Promise<T> newPromise() {
    return loop().newPromise();
  }

  /**
   * Moves the channel, a connected socket, to another loop of its transport, and all that is
   * confined to its loop with it. On its loop, where nobody may have asked for a read: whoever has
   * asks again. Its handlers do not hear of an end that comes while it moves: who is there then
   * asks whether it is active, or its {@link Channel#closeFuture}.
   *
   * @param then runs where it has come to live, as the first; here and now where it is there, or
   *     has ended
   */
  public void moveTo(EventLoop to, Runnable then) {
    check();
    if (moving) {
      throw new IllegalStateException("moves already: " + channel);
    }
    if (to == loop() || !channel.isActive() || to.isShuttingDown()) {
      then.run();
      return;
    }
    moving = true;
    channel.deregister().addListener(left -> enter(to, then));
  }

  private void enter(EventLoop to, Runnable then) {
    if (channel.isOpen()) {
      to.register(channel).addListener(there -> moved(then));
    } else {
      moved(then);
    }
  }

  private void moved(Runnable then) {
    check();
    channel.flush(); // the socket was not waited for meanwhile
    moving = false;
    try {
      then.run();
    } finally {
      runPosted();
    }
  }
}
