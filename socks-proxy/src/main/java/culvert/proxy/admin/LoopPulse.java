package culvert.proxy.admin;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether event loops still turn: gives each something to do, and waits on no thread for it. One
 * question at a time is on its way to a loop, however often it is asked for. Confined to the
 * asker's loop.
 */
final class LoopPulse {
  private final EventExecutor asker;
  private final Duration deadline;
  private final List<Beat> beats = new ArrayList<>();
  private final List<Promise<List<String>>> waiting = new ArrayList<>();

  /**
   * @param deadline by which a loop must have answered
   */
  LoopPulse(EventExecutorGroup loops, EventExecutor asker, Duration deadline) {
    this.asker = asker;
    this.deadline = deadline;
    loops.forEach(loop -> beats.add(new Beat(loop, "loop " + (beats.size() + 1))));
  }

  /** The names of the loops that do not answer; by the deadline at the latest. */
  Future<List<String>> silent() {
    assert asker.inEventLoop();
    beats.forEach(Beat::ask);
    Promise<List<String>> silent = asker.newPromise();
    waiting.add(silent);
    answerIfKnown();
    return silent;
  }

  private void answerIfKnown() {
    if (beats.stream().anyMatch(beat -> beat.state == State.ASKED)) {
      return;
    }
    List<String> silent =
        beats.stream().filter(beat -> beat.state == State.SILENT).map(beat -> beat.name).toList();
    List<Promise<List<String>>> answered = List.copyOf(waiting);
    waiting.clear();
    answered.forEach(promise -> promise.setSuccess(silent));
  }

  private enum State {
    ANSWERED,
    ASKED,
    /** Asked longer ago than the deadline. */
    SILENT
  }

  /** One loop. */
  private final class Beat {
    private final EventExecutor loop;
    private String name;
    private State state = State.ANSWERED;
    private @Nullable Future<?> timeout;

    Beat(EventExecutor loop, String name) {
      this.loop = loop;
      this.name = name;
    }

    void ask() {
      if (state != State.ANSWERED) {
        return; // the question is still on its way
      }
      try {
        loop.execute(
            () -> {
              String thread = Thread.currentThread().getName();
              asker.execute(() -> answered(thread));
            });
      } catch (RejectedExecutionException e) {
        state = State.SILENT; // it has ended, and will never answer
        return;
      }
      state = State.ASKED;
      timeout = asker.schedule(this::late, deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void answered(String thread) {
      name = thread;
      if (timeout != null) {
        timeout.cancel(false);
      }
      state = State.ANSWERED;
      answerIfKnown();
    }

    private void late() {
      if (state == State.ASKED) {
        state = State.SILENT;
        answerIfKnown();
      }
    }
  }
}
