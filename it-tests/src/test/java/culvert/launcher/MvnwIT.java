package culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code mvnw} beside a Maven that is too old, with a distribution in a directory. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "mvnw is a shell script")
@AnyTransport
class MvnwIT {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final String VERSION = "3.9.99";
  private static final String ARCHIVE = "apache-maven-" + VERSION + "-bin.tar.gz";

  @TempDir private Path directory;
  private Path home;

  private record Result(int exitCode, String output) {}

  @BeforeEach
  void makeDistribution() throws Exception {
    home = directory.resolve("home/wrapper/dists/apache-maven-" + VERSION);
    script("path/mvn", "echo 'Apache Maven 3.6.3'");
    script("dist/apache-maven-" + VERSION + "/bin/mvn", "echo \"fetched Maven runs $*\"");
    Path repository = directory.resolve("repository/org/apache/maven/apache-maven/" + VERSION);
    Files.createDirectories(repository);
    Result packed =
        run(
            "tar",
            "-czf",
            repository.resolve(ARCHIVE).toString(),
            "-C",
            directory.resolve("dist").toString(),
            "apache-maven-" + VERSION);
    assertThat(packed.exitCode()).isZero();
    Files.createDirectories(directory.resolve("tree/.mvn/wrapper"));
    Files.copy(PROJECT.resolve("mvnw"), directory.resolve("tree/mvnw"));
    writeProperties(sha512(repository.resolve(ARCHIVE)));
  }

  private void writeProperties(String checksum) throws IOException {
    Files.writeString(
        directory.resolve("tree/.mvn/wrapper/maven-wrapper.properties"),
        "distributionUrl=https://nowhere.invalid/"
            + ARCHIVE
            + "\ndistributionSha512Sum="
            + checksum
            + "\n");
  }

  private static String sha512(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file)));
  }

  @Test
  void mavenIsFetchedOnceAndGetsTheArguments() throws Exception {
    Result first = run(directory.resolve("tree/mvnw").toString(), "-q", "two words");
    Result second = run(directory.resolve("tree/mvnw").toString(), "verify");

    assertThat(first.output())
        .contains("mvnw: downloading Maven 3.9.99")
        .endsWith("fetched Maven runs -q two words\n");
    assertThat(second).isEqualTo(new Result(0, "fetched Maven runs verify\n"));
  }

  @Test
  void aWrongChecksumInstallsNothing() throws Exception {
    writeProperties("0".repeat(128));

    Result result = run(directory.resolve("tree/mvnw").toString(), "verify");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("has SHA-512").contains("expected: 000");
    assertThat(home).doesNotExist();
  }

  @Test
  void aMavenOnThePathThatIsNewEnoughIsUsed() throws Exception {
    script("path/mvn", "[ \"$1\" = --version ] && echo 'Apache Maven 4.0.0' || echo \"own $*\"");

    assertThat(run(directory.resolve("tree/mvnw").toString(), "verify"))
        .isEqualTo(new Result(0, "own verify\n"));
    assertThat(home).doesNotExist();
  }

  private void script(String name, String line) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Result run(String... command) throws Exception {
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().merge("PATH", "", (path, none) -> directory + "/path:" + path);
    builder.environment().put("MAVEN_USER_HOME", directory.resolve("home").toString());
    builder.environment().put("MVNW_REPOURL", directory.resolve("repository").toUri().toString());
    Process process =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
