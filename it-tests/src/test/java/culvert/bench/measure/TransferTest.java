package culvert.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void curlsWordsAreRead() {
    assertThat(Transfer.parse("4096 0 0.250000 1.500000", 7))
        .isEqualTo(new Transfer(4096, 7 + SECOND / 4, 7 + SECOND * 3 / 2));
    assertThat(Transfer.parse("0 4096 0.250000 1.500000\n", 0).bytes()).isEqualTo(4096);
  }

  @Test
  void aRateGoesFromTheFirstByteOfAllToTheEndOfAll() {
    Rate rate =
        Rate.of(
            List.of(
                new Transfer(500_000_000, SECOND, 3 * SECOND),
                new Transfer(500_000_000, 2 * SECOND, 6 * SECOND)),
            Duration.ofMillis(700));
    assertThat(rate).isEqualTo(new Rate(200, 0.7));
  }
}
