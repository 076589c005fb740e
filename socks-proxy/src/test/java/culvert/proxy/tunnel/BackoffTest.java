package culvert.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void theWaitDoublesUpToAMinuteAndStartsOverAfterASuccess() {
    assertThat(Stream.generate(backoff::afterFailure).limit(9))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);

    backoff.reset();

    assertThat(backoff.afterFailure()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aRefusedLoginIsNotRepeatedSoon() {
    assertThat(backoff.afterVerdict()).isEqualTo(Duration.ofMinutes(1));
    assertThat(backoff.afterFailure()).isEqualTo(Duration.ofMinutes(1));
  }
}
