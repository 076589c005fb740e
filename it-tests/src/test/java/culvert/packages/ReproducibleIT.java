package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void noArchiveOfClassesIsInThePackage() throws IOException {
    Packages.extract(directory);

    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.map(Path::toString))
          .noneMatch(file -> file.endsWith(".jsa") || file.endsWith(".seal"));
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

  /**
   * What makes packages of classes runs once more, elsewhere; the classes know no path, see above.
   */
  @Test
  void theSameClassesElsewhereGiveTheSameBytes() throws IOException {
    String elsewhere = Files.createDirectory(directory.resolve("else where")).toString();
    Packages.run(
        "sh",
        "-c",
        "tar -cf - --exclude=./.git --exclude=target -C \"$1\" . | tar -xf - -C \"$2\"",
        "sh",
        CHECKOUT.toString(),
        elsewhere);
    for (String module : List.of("config", "filter-engine", "ssh-transport", "socks-proxy")) {
      Path target = Files.createDirectory(Path.of(elsewhere, module, "target"));
      Path built = CHECKOUT.resolve(module).resolve("target");
      for (String classes : List.of("classes", "test-classes")) {
        Packages.run("cp", "-R", built.resolve(classes).toString(), target.toString());
      }
    }

    Packages.run(
        elsewhere + "/mvnw",
        "-f",
        elsewhere + "/pom.xml",
        "-B",
        "-q",
        "-Pdist",
        "-Dquick",
        "-Dmaven.main.skip",
        "-Dmaven.test.skip",
        "-pl",
        "socks-proxy",
        "-am",
        "package");

    Path again = Path.of(elsewhere, "socks-proxy", "target");
    for (Path packed : List.of(Packages.debian(), Packages.archive(), Packages.bill())) {
      assertThat(again.resolve(packed.getFileName())).hasSameBinaryContentAs(packed);
    }
  }

  /** Owner and time of all entries. */
  private static Set<String> entries(String... command) {
    return Packages.run(command)
        .lines()
        .map(line -> line.replaceFirst("^\\S+ +(\\S+) +\\d+ +(\\S+ \\S+) .*", "$1 $2"))
        .collect(Collectors.toSet());
  }
}
