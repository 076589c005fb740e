package culvert.proxy.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CopyrightTest {
  private static final String TEMPLATE =
      """
      Files: *
      License: Apache-2.0

      @libraries@

      License: Apache-2.0
       Its text.

      License: LGPL-2.1
       Its text.
      """;

  @Test
  void namesEachLibraryWithItsOwnerAndTheLicenceThatIsTaken() throws IOException {
    assertThat(
            copyright(
                    library("a", "one", "", "{\"license\": {\"id\": \"Apache-2.0\"}}")
                        + ","
                        + library(
                            "b",
                            "two",
                            "?classifier=linux-x86_64&type=jar",
                            "{\"license\": {\"id\": \"EPL-2.0\"}},"
                                + " {\"license\": {\"name\": \"LGPL-2.1-only\"}}"))
                .render(TEMPLATE))
        .contains("Files: lib/one-1.0.jar\nCopyright: Amy\nLicense: Apache-2.0\n")
        .contains("Files: lib/two-1.0-linux-x86_64.jar\nCopyright: Bob\nLicense: LGPL-2.1\n");
  }

  @Test
  void isNotMadeWithALibraryWithoutALicence() throws IOException {
    Copyright copyright = copyright(library("a", "one", "", ""));

    assertThatThrownBy(() -> copyright.render(TEMPLATE)).hasMessageContaining("lib/one-1.0.jar");
  }

  @Test
  void isNotMadeWithALicenceThatNobodyHasLookedAt() throws IOException {
    Copyright copyright =
        copyright(library("a", "one", "", "{\"license\": {\"id\": \"AGPL-3.0-only\"}}"));

    assertThatThrownBy(() -> copyright.render(TEMPLATE)).hasMessageContaining("AGPL-3.0-only");
  }

  @Test
  void isNotMadeWithALibraryOfAnUnknownOwner() throws IOException {
    Copyright copyright =
        copyright(library("stranger", "one", "", "{\"license\": {\"id\": \"Apache-2.0\"}}"));

    assertThatThrownBy(() -> copyright.render(TEMPLATE)).hasMessageContaining("of stranger");
  }

  @Test
  void isNotMadeWithoutTheTextOfALicence() throws IOException {
    Copyright copyright = copyright(library("a", "one", "", "{\"license\": {\"id\": \"MIT\"}}"));

    assertThatThrownBy(() -> copyright.render(TEMPLATE)).hasMessageContaining("Expat");
  }

  private static Copyright copyright(String components) throws IOException {
    return new Copyright("{\"components\": [" + components + "]}", Map.of("a", "Amy", "b", "Bob"));
  }

  private static String library(String group, String name, String qualifiers, String licences) {
    return """
        {"group": "%s", "name": "%s", "version": "1.0", "purl": "pkg:maven/x/y@1.0%s",
         "licenses": [%s]}"""
        .formatted(group, name, qualifiers, licences);
  }
}
