package culvert.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopPulseTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final EventExecutorGroup loops =
      new DefaultEventExecutorGroup(3, new DefaultThreadFactory("turning", true));
  private final List<EventExecutor> each = new ArrayList<>();
  private final EventExecutor asker = new DefaultEventExecutor();
  private final CountDownLatch stuck = new CountDownLatch(1);

  LoopPulseTest() {
    loops.forEach(each::add);
  }

  @AfterEach
  void stop() {
    stuck.countDown();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    asker.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void loopsThatTurnAnswer() throws Exception {
    LoopPulse pulse = new LoopPulse(loops, asker, LONG);

    assertThat(silent(pulse)).isEmpty();
    assertThat(silent(pulse)).isEmpty();
  }

  @Test
  void aStuckLoopIsNamedUntilItTurnsAgain() throws Exception {
    LoopPulse pulse = new LoopPulse(loops, asker, SHORT);
    await().atMost(LONG).until(() -> silent(pulse).isEmpty()); // which tells the threads' names
    String name = each.get(1).submit(() -> Thread.currentThread().getName()).get();
    hold(each.get(1));

    await().atMost(LONG).until(() -> silent(pulse).equals(List.of(name)));
    stuck.countDown();

    await().atMost(LONG).until(() -> silent(pulse).isEmpty());
  }

  @Test
  void aLoopThatNeverTurnedIsNamedByItsNumber() throws Exception {
    hold(each.get(2));
    LoopPulse pulse = new LoopPulse(loops, asker, SHORT);

    await().atMost(LONG).until(() -> silent(pulse).equals(List.of("loop 3")));
  }

  @Test
  void aLoopThatIsKnownToBeStuckHoldsNoOtherAnswerUp() throws Exception {
    for (EventExecutor loop : each) {
      hold(loop);
    }
    LoopPulse pulse = new LoopPulse(loops, asker, SHORT);
    assertThat(silent(pulse)).hasSize(3);

    assertThat(asker.submit(() -> pulse.silent().isDone()).get()).isTrue();
  }

  @Test
  void manyQuestionsAreOneTaskForAStuckLoop() throws Exception {
    LoopPulse pulse = new LoopPulse(loops, asker, SHORT);
    hold(each.get(0));
    for (int i = 0; i < 100; i++) {
      asker.submit(pulse::silent).get();
    }
    assertThat(silent(pulse)).contains("loop 1");

    assertThat(((DefaultEventExecutor) each.get(0)).pendingTasks()).isEqualTo(1);
  }

  @Test
  void aLoopThatHasEndedIsSilent() throws Exception {
    each.get(0).shutdownGracefully(0, 0, TimeUnit.SECONDS);
    assertThat(each.get(0).awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(silent(new LoopPulse(loops, asker, LONG))).containsExactly("loop 1");
  }

  @Test
  void whoeverAsksWhileTheQuestionIsOnItsWayGetsTheSameAnswer() throws Exception {
    LoopPulse pulse = new LoopPulse(loops, asker, LONG);
    AtomicInteger answers = new AtomicInteger();
    hold(each.get(0));
    for (int i = 0; i < 5; i++) {
      asker.submit(() -> pulse.silent().addListener(answer -> answers.incrementAndGet())).get();
    }
    assertThat(answers).hasValue(0);
    stuck.countDown();

    await().atMost(LONG).until(() -> answers.get() == 5);
  }

  private void hold(EventExecutor loop) throws InterruptedException {
    CountDownLatch holds = new CountDownLatch(1);
    loop.execute(
        () -> {
          holds.countDown();
          try {
            stuck.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    holds.await();
  }

  private List<String> silent(LoopPulse pulse) throws Exception {
    return asker.submit(pulse::silent).get().get(LONG.toSeconds(), TimeUnit.SECONDS);
  }
}
