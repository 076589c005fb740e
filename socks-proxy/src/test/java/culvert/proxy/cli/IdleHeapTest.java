package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole heap is collected once after work, and never during it. */
class IdleHeapTest {
  private long now;
  private long collections;
  private int whole;
  private final IdleHeap heap = new IdleHeap(() -> now, () -> collections, this::collect);

  private void collect() {
    whole++;
    collections++;
  }

  @AfterEach
  void close() {
    heap.close();
  }

  private void quietFor(Duration time) {
    for (Duration past = Duration.ZERO; past.compareTo(time) <= 0; past = past.plusSeconds(1)) {
      heap.look();
      now += Duration.ofSeconds(1).toNanos();
    }
  }

  @Test
  void theStartIsFollowedByOne() {
    quietFor(IdleHeap.QUIET.minusSeconds(1));
    assertThat(whole).isZero();

    quietFor(Duration.ofMinutes(10));
    assertThat(whole).isEqualTo(1);
  }

  @Test
  void workPutsItOffUntilItIsOver() {
    for (int second = 0; second < 600; second++) {
      collections++;
      quietFor(IdleHeap.QUIET.minusSeconds(2));
    }
    assertThat(whole).isZero();

    quietFor(IdleHeap.QUIET);
    assertThat(whole).isEqualTo(1);
  }

  @Test
  void eachWorkIsFollowedByOne() {
    quietFor(Duration.ofMinutes(1));
    collections += IdleHeap.WORTH_IT;
    quietFor(Duration.ofMinutes(10));

    assertThat(whole).isEqualTo(2);
  }

  @Test
  void littleWorkIsNotWorthIt() {
    quietFor(Duration.ofMinutes(1));
    collections += IdleHeap.WORTH_IT - 1;
    quietFor(Duration.ofMinutes(10));
    assertThat(whole).isEqualTo(1);

    collections++;
    quietFor(Duration.ofMinutes(10));
    assertThat(whole).isEqualTo(2);
  }

  @Test
  void aCollectorThatDoesNotObeyIsNotAskedAgainAndAgain() {
    IdleHeap deaf = new IdleHeap(() -> now, () -> collections, () -> whole++);
    for (int second = 0; second < 600; second++) {
      deaf.look();
      now += Duration.ofSeconds(1).toNanos();
    }
    deaf.close();

    assertThat(whole).isEqualTo(1);
  }
}
