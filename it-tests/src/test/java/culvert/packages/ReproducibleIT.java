package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing in the packages tells where, when or by whom they were built. */
@RealPeers
@AnyTransport
class ReproducibleIT {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path directory;

  @Test
  void theArchiveHasOneTimeAndNoOwner() throws IOException {
    assertThat(
            entries("tar", "-tvf", Packages.archive().toString(), "--full-time", "--numeric-owner"))
        .hasSize(1);
  }

  @Test
  void theDebianPackageHasOneTimeAndNoOwner() throws IOException {
    for (String part : new String[] {"--fsys-tarfile", "--ctrl-tarfile"}) {
      Path tar = directory.resolve("part.tar");
      Packages.run("sh", "-c", "dpkg-deb " + part + " " + Packages.debian() + " >" + tar);
      assertThat(entries("tar", "-tvf", tar.toString(), "--full-time", "--numeric-owner"))
          .as(part)
          .hasSize(1);
    }
  }

  @Test
  void noFileOfOurOwnKnowsWhereItWasBuilt() throws IOException {
    Packages.extract(directory);

    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(
                new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(CHECKOUT + "/");
      }
    }
    assertThat(Files.readString(Packages.bill()))
        .doesNotContain(CHECKOUT + "/")
        .doesNotContain("\"timestamp\"");
  }

  /** Owner and time of all entries. */
  private static Set<String> entries(String... command) {
    return Packages.run(command)
        .lines()
        .map(line -> line.replaceFirst("^\\S+ +(\\S+) +\\d+ +(\\S+ \\S+) .*", "$1 $2"))
        .collect(Collectors.toSet());
  }
}
