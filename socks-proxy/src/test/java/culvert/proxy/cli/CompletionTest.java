package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.dist.DistributionTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bash offers behind the words that stand there. */
@EnabledOnOs(OS.LINUX)
@ExtendWith(RestoreLogging.class)
class CompletionTest {
  private static final Path SCRIPT = Path.of("share/bash-completion/completions/culvert");

  @TempDir private Path directory;

  @BeforeEach
  void write() throws IOException {
    new DistributionTree(directory, "1", OffsetDateTime.MAX)
        .writeCompletions(Distribution.commands());
    Files.writeString(directory.resolve("a-file"), "");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "culvert ru,                               run",
    "culvert -v ru,                            run",
    "culvert -v -v ru,                         run",
    "culvert -vv ru,                           run",
    "culvert --log-format json ru,             run",
    "culvert -v --log-format json ru,          run",
    "culvert --log-format j,                   json",
    "culvert -v --log-form,                    --log-format",
    "culvert -v run --conf,                    --config",
    "culvert run -v --conf,                    --config",
    "culvert run -v -c a-f,                    a-file",
    "culvert -v audit ver,                     verify",
    "culvert audit -v ver,                     verify",
    "culvert -v audit verify a-f,              a-file",
    "culvert audit verify -v a-f,              a-file",
  })
  void bashGoesOnBehindOptionsBeforeTheCommand(String words, String expected) throws Exception {
    assertThat(completed(words)).containsExactly(expected);
  }

  @Test
  void whatAnInstallationHasNotIsNotOffered() throws Exception {
    assertThat(completed("culvert d")).isEmpty();
    assertThat(directory.resolve("share/zsh/vendor-completions/_culvert"))
        .content()
        .contains("'run:")
        .doesNotContain("demo");
  }

  private List<String> completed(String words) throws Exception {
    int last = words.split(" ").length - 1;
    String line =
        ". %s; compopt() { :; }; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_culvert;"
                .formatted(SCRIPT, words, last)
            + " printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process bash =
        new ProcessBuilder("bash", "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out.lines().filter(found -> !found.isEmpty()).toList();
  }
}
