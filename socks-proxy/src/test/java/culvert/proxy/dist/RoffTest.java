package culvert.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoffTest {
  private final Roff page = new Roff("name", 1, "2026-01-01", "Culvert 1");

  @Test
  void takesNothingOfATextForItsOwn() {
    page.text(".\\f it's --x ~/a").text("'y");

    assertThat(page.toString()).contains("\n\\&.\\ef it\\(aqs \\-\\-x \\(ti/a\n\\(aqy\n");
  }

  @Test
  void breaksLinesBetweenWords() {
    page.text("word ".repeat(40).strip());

    assertThat(page.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(page.toString().split("word", -1)).hasSize(41);
  }

  @Test
  void keepsLinesThatAreAsTheyAre() {
    page.verbatim(List.of("culvert  run", ""));

    assertThat(page.toString()).endsWith(".nf\nculvert  run\n\\&\n.fi\n");
  }
}
