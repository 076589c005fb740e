package culvert.ssh.mina;

import culvert.ssh.NettyTransport;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Event loops whose time stands still until a test moves it: no pause of the machine is taken for
 * somebody's silence.
 */
public final class FrozenLoops extends MultiThreadIoEventLoopGroup {
  private final Time time;

  public FrozenLoops(String name, int threads) {
    this(name, threads, new Time());
  }

  private FrozenLoops(String name, int threads, Time time) {
    super(
        threads,
        new ThreadPerTaskExecutor(new DefaultThreadFactory(name, true)),
        NettyTransport.preferred().ioHandlers(),
        time);
    this.time = time;
  }

  @Override
  protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... args) {
    return new Loop(this, executor, factory, (Time) args[0]);
  }

  /** Has that pass when the loops have seen to what they have got, and what is due then run. */
  public void pass(Duration by) throws InterruptedException {
    settle();
    skip(by);
    settle();
  }

  private void settle() throws InterruptedException {
    for (EventExecutor loop : this) {
      if (!loop.submit(() -> {}).await(1, TimeUnit.MINUTES)) {
        throw new AssertionError(loop + " is stuck");
      }
    }
  }

  /** Has that pass at once. */
  public void skip(Duration by) {
    time.now.addAndGet(by.toNanos());
    for (EventExecutor loop : this) {
      if (!loop.isShuttingDown()) {
        loop.execute(() -> {}); // it looks at its time then
      }
    }
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    time.ending = true;
    return super.shutdownGracefully(quietPeriod, timeout, unit);
  }

  private static final class Time implements Ticker {
    /** Far beyond the machine's time, by which a loop sleeps: only {@link #skip} wakes it. */
    final AtomicLong now = new AtomicLong(System.nanoTime() + Duration.ofDays(1).toNanos());

    /** A loop ends only when some time has passed. */
    volatile boolean ending;

    @Override
    public long initialNanoTime() {
      return 0;
    }

    @Override
    public long nanoTime() {
      return ending ? now.incrementAndGet() : now.get();
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
      throw new UnsupportedOperationException("time stands still");
    }
  }

  private static final class Loop extends SingleThreadIoEventLoop {
    private final Time time;

    Loop(FrozenLoops group, Executor executor, IoHandlerFactory factory, Time time) {
      super(group, executor, factory);
      this.time = time;
    }

    @Override
    public Ticker ticker() {
      return time == null ? Ticker.systemTicker() : time; // while it is being made
    }
  }
}
