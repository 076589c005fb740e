package culvert.proxy.relay;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loop that some state is confined to: that of a channel, which is asked each time,
 * because a channel can move. Any thread may call.
 */
public final class HomeLoop {
  private final Channel channel;

  private HomeLoop(Channel channel) {
    this.channel = channel;
  }

  public static HomeLoop of(Channel channel) {
    return new HomeLoop(channel);
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
    if (isHere()) {
      task.run();
      return true;
    }
    return Loops.execute(loop(), task);
  }

  /** Runs the task there, later. */
  public ScheduledFuture<?> in(Duration delay, Runnable task) {
    return loop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The time by which {@link #in} runs, as {@link System#nanoTime}. */
  public long nanoTime() {
    return loop().ticker().nanoTime();
  }

  /** One that completes there. */
  public <T> Promise<T> newPromise() {
    return loop().newPromise();
  }
}
