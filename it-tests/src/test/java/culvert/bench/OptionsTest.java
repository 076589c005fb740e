package culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static Options parse(String line) {
    return Options.parse(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
  }

  @Test
  void withoutOptionsEverythingIsMeasured() {
    Options options = parse("");
    assertThat(options.parts()).isEqualTo(EnumSet.allOf(Options.Part.class));
    assertThat(options.smoke()).isFalse();
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.megabytes()).isEqualTo(1000);
  }

  @Test
  void partsAreNamed() {
    Options options = parse("--only tunnel,echo --rounds 7 --size 300 --json out.json");
    assertThat(options.parts()).containsExactlyInAnyOrder(Options.Part.TUNNEL, Options.Part.ECHO);
    assertThat(options.rounds()).isEqualTo(7);
    assertThat(options.megabytes()).isEqualTo(300);
    assertThat(options.json()).contains(Path.of("out.json"));
  }

  @Test
  void theSmokeIsSmallUnlessToldOtherwise() {
    assertThat(parse("--smoke").parts()).containsExactly(Options.Part.TUNNEL);
    assertThat(parse("--smoke").rounds()).isEqualTo(3);
    assertThat(parse("--rounds 2 --smoke").rounds()).isEqualTo(2);
    assertThat(parse("--smoke").megabytes()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "--fast",
        "--only",
        "--only tunel",
        "--rounds 0",
        "--rounds x",
        "--rounds -1",
        "--size 2001",
        "--size 9999999999",
        "--smoke --only tunnel"
      })
  void whatIsWrongIsSaid(String line) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }
}
