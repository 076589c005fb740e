package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.SshTimeouts;
import culvert.ssh.mina.FakeClock;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interval 10 s, at most 2 questions, on a clock that the test moves. */
class ServerAliveTest {
  private final EmbeddedChannel socket = new EmbeddedChannel();
  private final FakeClock clock = new FakeClock();
  private final List<String> told = new ArrayList<>();
  private final ServerAlive watch = watch(Duration.ofSeconds(10));

  @AfterEach
  void close() {
    watch.stop();
    assertThat(clock.pending()).isZero();
    socket.finishAndReleaseAll();
  }

  @Test
  void aSilentServerIsDeadOneIntervalAfterTheLastQuestion() {
    watch.start();
    pass(Duration.ofSeconds(30).minusNanos(1));
    assertThat(told).containsExactly("asked", "asked");
    pass(Duration.ofNanos(1));
    assertThat(told).containsExactly("asked", "asked", "dead after 30 s, 2 questions");
    pass(Duration.ofHours(1));
    assertThat(told).hasSize(3);
  }

  @Test
  void theTimeCountsFromTheLastByteAndNotFromALastCheck() {
    watch.start();
    pass(Duration.ofSeconds(19));
    serverSends();
    pass(Duration.ofSeconds(30).minusNanos(1));
    assertThat(told).containsExactly("asked", "asked", "asked");
    pass(Duration.ofNanos(1));
    assertThat(told).last().isEqualTo("dead after 30 s, 2 questions");
  }

  @Test
  void aServerThatSendsIsNotAsked() {
    watch.start();
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(9));
      serverSends();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void anAnswerIsASignOfLifeForAnotherWholeTime() {
    watch.start();
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(29));
      serverSends();
    }
    assertThat(told).hasSize(40).containsOnly("asked");
  }

  @Test
  void aProcessThatWasStoppedForAnHourAsksBeforeItJudges() {
    watch.start();
    clock.skip(Duration.ofHours(1)); // nothing ran meanwhile
    pass(Duration.ZERO);
    assertThat(told).containsExactly("asked");
    serverSends();
    pass(Duration.ofSeconds(9));
    assertThat(told).containsExactly("asked");
  }

  @Test
  void anIntervalOfZeroAsksNever() {
    watch(Duration.ZERO).start();
    pass(Duration.ofDays(1));
    assertThat(told).isEmpty();
  }

  @Test
  void nothingIsAskedWhenItIsStopped() {
    watch.start();
    watch.stop();
    pass(Duration.ofDays(1));
    assertThat(told).isEmpty();
  }

  private ServerAlive watch(Duration interval) {
    return new ServerAlive(
        socket,
        new SshTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), interval, 2),
        clock,
        new ServerAlive.Listener() {
          @Override
          public void ask() {
            told.add("asked");
          }

          @Override
          public void dead(Duration silence, int questions) {
            told.add("dead after " + silence.toSeconds() + " s, " + questions + " questions");
          }
        });
  }

  /** Second by second, since each check runs on the loop. */
  private void pass(Duration time) {
    Duration left = time;
    while (left.compareTo(Duration.ofSeconds(1)) > 0) {
      step(Duration.ofSeconds(1));
      left = left.minusSeconds(1);
    }
    step(left);
  }

  private void step(Duration time) {
    clock.advance(time);
    socket.runPendingTasks();
  }

  private void serverSends() {
    socket.pipeline().fireChannelReadComplete();
  }
}
