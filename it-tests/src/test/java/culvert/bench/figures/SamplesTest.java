package culvert.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void theMedianIsTheMiddleOne() {
    assertThat(Samples.of(9, 1, 5).median()).isEqualTo(5);
    assertThat(Samples.of(9, 1, 5, 6).median()).isEqualTo(5.5);
    assertThat(Samples.of(7).median()).isEqualTo(7);
  }

  @Test
  void aQuantileIsAValueThatWasMeasured() {
    double[] hundred = new double[100];
    for (int i = 0; i < hundred.length; i++) {
      hundred[i] = 100 - i;
    }
    Samples samples = Samples.of(hundred);
    assertThat(samples.quantile(0)).isEqualTo(1);
    assertThat(samples.quantile(0.5)).isEqualTo(50);
    assertThat(samples.quantile(0.99)).isEqualTo(99);
    assertThat(samples.quantile(1)).isEqualTo(100);
    assertThat(Samples.of(3, 4).quantile(0.99)).isEqualTo(4);
  }

  @Test
  void comparisonsGoRoundByRound() {
    Samples mine = Samples.of(10, 30, 20);
    Samples others = Samples.of(5, 10, 40);
    assertThat(mine.dividedBy(others).values()).containsExactly(2.0, 3.0, 0.5);
    assertThat(mine.minus(others).values()).containsExactly(5.0, 20.0, -20.0);
  }

  @Test
  void roundsThatAreMissingAreAnError() {
    assertThatThrownBy(() -> Samples.of(1, 2).dividedBy(Samples.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 rounds and 1");
    assertThatThrownBy(() -> new Samples(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
