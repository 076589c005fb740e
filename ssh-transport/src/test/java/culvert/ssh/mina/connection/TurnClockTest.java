package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnClockTest {
  private final EmbeddedChannel time = new EmbeddedChannel();
  private final List<String> late = new ArrayList<>();
  private long now;
  private final TurnClock clock =
      new TurnClock(
          (delay, task) -> time.eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS),
          () -> now,
          Duration.ofMillis(100),
          () -> late.add("peer"),
          Duration.ofMillis(1000),
          () -> late.add("own"));

  TurnClockTest() {
    time.freezeTime();
  }

  @AfterEach
  void close() {
    time.close();
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    time.runScheduledPendingTasks();
  }

  @Test
  void thePeersTimeIsUpAfterItsOwnTurnsAlone() {
    clock.ourTurn();
    pass(500);
    clock.peersTurn();
    pass(60);
    clock.ourTurn();
    pass(400);
    clock.peersTurn();
    pass(39);
    assertThat(late).isEmpty();
    pass(1);

    assertThat(late).containsExactly("peer");
    assertThat(clock.ownTime()).isEqualTo(Duration.ofMillis(900));
  }

  @Test
  void ourOwnTimeHasAnEndToo() {
    clock.peersTurn();
    pass(99);
    clock.ourTurn();
    pass(999);
    assertThat(late).isEmpty();
    assertThat(clock.ownTime()).isEqualTo(Duration.ofMillis(999));
    pass(1);

    assertThat(late).containsExactly("own");
  }

  @Test
  void nothingRunsWhileItIsNobodysTurn() {
    pass(5000);
    clock.peersTurn();
    pass(99);
    clock.stop();
    pass(5000);

    assertThat(late).isEmpty();
    assertThat(clock.ownTime()).isZero();
  }

  @Test
  void theSameTurnTwiceIsOneTurn() {
    clock.peersTurn();
    pass(60);
    clock.peersTurn();
    pass(40);

    assertThat(late).containsExactly("peer");
    pass(5000);
    assertThat(late).hasSize(1);
  }
}
