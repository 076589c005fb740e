package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that look for faults in packages find none. */
@RealPeers
@AnyTransport
class PackageFaultsIT {
  private static final double EXPOSED = 2.0;
  private static final Pattern SCORE = Pattern.compile("exposure level for .*: ([0-9.]+) ");

  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)(#[^)]*)?\\)");

  @TempDir private Path root;

  @Test
  void lintianFindsNone() throws IOException {
    String found =
        Packages.run(
            "lintian", "--allow-root", "--fail-on", "error,warning", Packages.debian().toString());

    assertThat(found).doesNotContain("E:").doesNotContain("W:");
  }

  @Test
  void theUnitIsRightAndExposesLittle() throws IOException {
    Packages.extract(root);
    String unit = root.resolve("usr/lib/systemd/system/culvert.service").toString();

    String verdict = Packages.run("systemd-analyze", "security", "--offline=true", unit);
    Matcher score = SCORE.matcher(verdict);
    assertThat(score.find()).as(verdict).isTrue();
    assertThat(Double.parseDouble(score.group(1))).isLessThanOrEqualTo(EXPOSED);
  }

  @Test
  void manPagesAndCompletionsAreRight() throws IOException {
    Packages.extract(root);
    List<Path> pages;
    try (Stream<Path> files = Files.walk(root.resolve("usr/share/man"))) {
      pages = files.filter(Files::isRegularFile).toList();
    }

    assertThat(pages)
        .hasSizeGreaterThan(10)
        .noneMatch(page -> page.endsWith("culvert-demo.1.gz")); // there is no demo
    for (Path page : pages) {
      assertThat(Packages.run("bash", "-c", "zcat " + page + " | mandoc -Tlint -W warning 2>&1"))
          .as(page.toString())
          .isEmpty();
    }
    Packages.run("bash", "-n", root + "/usr/share/bash-completion/completions/culvert");
    Packages.run("zsh", "-n", root + "/usr/share/zsh/vendor-completions/_culvert");
  }

  @Test
  void everyLinkInTheDocumentsLeadsToAFileThatIsThere() throws IOException {
    Packages.extract(root);
    Path documents = root.resolve("usr/share/doc/culvert");
    int links = 0;
    try (Stream<Path> files = Files.list(documents)) {
      for (Path document : files.filter(file -> file.toString().endsWith(".md")).toList()) {
        Matcher link = LINK.matcher(Files.readString(document));
        for (; link.find(); links++) {
          assertThat(documents.resolve(link.group(1))).as(document.toString()).exists();
        }
      }
    }

    assertThat(links).isGreaterThan(30);
    assertThat(documents.resolve("README.md")).exists();
    assertThat(documents.resolve("SECURITY.md")).exists();
  }

  @Test
  void everyBundledLibraryIsInTheBillAndInTheCopyrightFile() throws IOException {
    Packages.extract(root);
    Path lib = root.resolve("usr/lib/culvert");
    Set<String> bundled = new TreeSet<>();
    try (Stream<Path> files = Files.list(lib.resolve(OlderPackage.version(lib)).resolve("lib"))) {
      files.map(file -> file.getFileName().toString()).forEach(bundled::add);
    }
    JsonNode bill = new ObjectMapper().readTree(Packages.bill().toFile());
    String copyright = Files.readString(root.resolve("usr/share/doc/culvert/copyright"));

    assertThat(bundled).hasSizeGreaterThan(20);
    assertThat(bill.path("components")).hasSameSizeAs(bundled);
    assertThat(bill.has("serialNumber")).as("would differ from build to build").isFalse();
    assertThat(bundled)
        .filteredOn(file -> !file.startsWith("culvert-"))
        .allMatch(file -> copyright.contains(" lib/" + file + "\n"));
  }
}
