package culvert.proxy.upstream;

import culvert.proxy.relay.HomeLoop;
import culvert.ssh.Defects;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One way that an {@link Opening} tries. What it has asked for may come when it is over: that is
 * given back. Confined to the opening's loop.
 */
abstract class Step {
  private final HomeLoop home;
  private final Consumer<Throwable> defect;
  private @Nullable ScheduledFuture<?> timer;
  private boolean over;

  /**
   * @param defect hears of what goes wrong that nobody but Culvert is to blame for
   */
  Step(HomeLoop home, Consumer<Throwable> defect) {
    this.home = home;
    this.defect = defect;
  }

  abstract void begin();

  /** Nothing more is heard of it. */
  final void stop() {
    home.check();
    over = true;
    stopTimer();
  }

  final boolean isOver() {
    return over;
  }

  final EventLoop loop() {
    return home.loop();
  }

  /** Runs the task later, in place of the one that was to run before, unless the step is over. */
  final void in(long nanos, Runnable task) {
    stopTimer();
    if (!over) {
      timer = home.in(Duration.ofNanos(nanos), Defects.told(unlessOver(task), defect));
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private Runnable unlessOver(Runnable task) {
    return () -> {
      if (!over) {
        task.run();
      }
    };
  }

  final <T> FutureListener<T> guarded(FutureListener<T> then) {
    return Defects.told(then, defect);
  }
}
