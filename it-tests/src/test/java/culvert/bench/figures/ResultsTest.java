package culvert.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {
  @Test
  void everySampleAndVerdictIsInTheJson() throws Exception {
    Row row =
        Row.beside(
                "rate",
                "download, MB/s",
                Samples.of(900, 700),
                "`ssh -D`",
                Samples.of(1000, 1000),
                Comparison.RATIO)
            .to(Target.comparedAtLeast(1.1, 1.2));
    Row alone = Row.alone("alone", "alone", Samples.of(1));

    JsonNode json =
        new ObjectMapper().readTree(new Results(Map.of("cores", "2"), List.of(row, alone)).json());

    assertThat(json.at("/circumstances/cores").asText()).isEqualTo("2");
    assertThat(json.at("/rows/0/name").asText()).isEqualTo("rate");
    assertThat(json.at("/rows/0/culvert/median").asDouble()).isEqualTo(800);
    assertThat(json.at("/rows/0/other/samples")).hasSize(2);
    assertThat(json.at("/rows/0/compared/min").asDouble()).isEqualTo(0.7);
    assertThat(json.at("/rows/0/target/least").asDouble()).isEqualTo(1.1);
    assertThat(json.at("/rows/0/met").isBoolean()).isTrue();
    assertThat(json.at("/rows/0/met").asBoolean()).isFalse();
    assertThat(json.at("/rows/1/met").isMissingNode()).isTrue();
    assertThat(json.at("/rows/1/compared").isMissingNode()).isTrue();
  }
}
