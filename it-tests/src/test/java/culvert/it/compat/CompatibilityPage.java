package culvert.it.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code docs/COMPATIBILITY.md}, whose two parts are what two tests have found: written where one
 * differs, but with {@code CI=true} a difference is a failure.
 */
public final class CompatibilityPage {
  private static final Path DOCUMENT = Path.of("../docs/COMPATIBILITY.md");
  private static final String SECOND = "\n## No proxy setting\n";

  private CompatibilityPage() {}

  /** Keeps the first part, which is about SOCKS. */
  static void keepSocks(String part) throws IOException {
    String kept = kept();
    keep(kept, part + kept.substring(border(kept)));
  }

  /** Keeps the second part. */
  public static void keepWithoutProxySetting(String part) throws IOException {
    String kept = kept();
    keep(kept, kept.substring(0, border(kept)) + part);
  }

  private static String kept() throws IOException {
    return Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "";
  }

  private static int border(String page) {
    int second = page.indexOf(SECOND);
    return second < 0 ? page.length() : second;
  }

  private static void keep(String kept, String page) throws IOException {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(kept).as("docs/COMPATIBILITY.md is what was found").isEqualTo(page);
    } else if (!kept.equals(page)) {
      Files.writeString(DOCUMENT, page);
    }
  }
}
