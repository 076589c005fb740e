package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files in {@code corpus}: what the loader says to each of them, which the file's own {@code
 * #!} lines tell, and that the schema agrees about structure.
 */
class CorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/culvert/config/corpus");
  private static final String EXPECTED = "#! ";
  private static final Schema SCHEMA = new Schema();

  static Stream<Path> good() throws IOException {
    return files("good");
  }

  static Stream<Path> bad() throws IOException {
    return files("bad");
  }

  static Stream<Path> semantic() throws IOException {
    return files("semantic");
  }

  static Stream<Path> syntax() throws IOException {
    return files("syntax");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void loaderAndSchemaTakeIt(Path file) throws IOException {
    String yaml = Files.readString(file);

    assertThat(Loading.problems(yaml)).isEmpty();
    assertThat(SCHEMA.validate(yaml)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void loaderAndSchemaRefuseIt(Path file) throws IOException {
    String yaml = Files.readString(file);

    assertThat(Loading.problems(yaml)).isNotEmpty().isEqualTo(expected(yaml));
    assertThat(SCHEMA.validate(yaml)).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("semantic")
  void theLoaderRefusesWhatNoSchemaCanSee(Path file) throws IOException {
    String yaml = Files.readString(file);

    assertThat(Loading.problems(yaml)).isNotEmpty().isEqualTo(expected(yaml));
    assertThat(SCHEMA.validate(yaml)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("syntax")
  void whatIsNotYamlIsAProblemThatShowsNothingOfTheFile(Path file) throws IOException {
    String yaml = Files.readString(file);

    assertThat(Loading.problems(yaml))
        .isNotEmpty()
        .isEqualTo(expected(yaml))
        .noneMatch(problem -> problem.contains("hunter2"));
  }

  private static Stream<Path> files(String directory) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS.resolve(directory))) {
      return files.sorted().toList().stream();
    }
  }

  private static List<String> expected(String yaml) {
    return yaml.lines()
        .filter(line -> line.startsWith(EXPECTED))
        .map(line -> line.substring(EXPECTED.length()))
        .toList();
  }
}
