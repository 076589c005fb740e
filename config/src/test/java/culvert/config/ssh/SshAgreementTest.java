package culvert.config.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A corpus of files, of which we make what OpenSSH makes of them. The first line of each names the
 * destinations that are asked for. {@code @DIR@} is where the files are.
 */
class SshAgreementTest {
  private static final Path RESOURCES = Path.of("src/test/resources/culvert/config/ssh");
  private static final String DESTINATIONS = "# ask:";

  @TempDir Path directory;
  private Agreement agreement;

  @BeforeEach
  void copyTheCorpus() throws IOException {
    RealSsh.assumeInstalled();
    for (Path file :
        Stream.concat(files("corpus"), Stream.concat(files("refused"), files("included")))
            .toList()) {
      String text = Files.readString(file).replace("@DIR@", directory.toString());
      Path copy = Files.writeString(directory.resolve(file.getFileName().toString()), text);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    }
    agreement = new Agreement(Files.createFile(directory.resolve("empty")));
  }

  static Stream<Path> corpus() throws IOException {
    return files("corpus");
  }

  static Stream<Path> refused() throws IOException {
    return files("refused");
  }

  private static Stream<Path> files(String name) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(RESOURCES.resolve(name))) {
      all.sorted().forEach(files::add);
    }
    return files.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corpus")
  void weMakeOfAFileWhatOpenSshMakesOfIt(Path file) throws IOException {
    String first = Files.readAllLines(file).get(0);
    assertThat(first).startsWith(DESTINATIONS);

    for (String destination : first.substring(DESTINATIONS.length()).strip().split(" +", -1)) {
      agreement.check(directory.resolve(file.getFileName().toString()), destination);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void weRefuseWhatOpenSshRefuses(Path file) {
    Path copy = directory.resolve(file.getFileName().toString());
    RecordedReport report = new RecordedReport();

    OpenSshConfig.read(copy, Agreement.SURROUNDINGS, report);

    assertThat(RealSsh.ask(copy, "host").isPresent()).isFalse();
    assertThat(report.errors).isNotEmpty();
  }

  @Test
  void theCorpusIsLargeEnough() throws IOException {
    assertThat(corpus().count()).isGreaterThanOrEqualTo(25);
  }

  @Test
  void weReadNoIncludedFileThatOthersMayWrite() throws IOException {
    Path included = directory.resolve("included-writable");
    Files.writeString(included, "Port 2222\n");
    Files.setPosixFilePermissions(included, PosixFilePermissions.fromString("rw----rw-"));
    Path file =
        Files.writeString(directory.resolve("includes-writable"), "Include " + included + "\n");

    agreement.check(file, "host");

    assertThat(RealSsh.ask(file, "host").isPresent()).isFalse();
  }
}
