package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RestoreLogging.class)
class CheckCommandTest {
  @TempDir private Path directory;
  private CommandLineRun culvert;

  @BeforeEach
  void freshRun() {
    culvert = new CommandLineRun(directory);
  }

  @Test
  void theBuiltInDefaultIsOk() {
    assertThat(culvert.execute("check")).isZero();

    assertThat(culvert.outLines()).containsExactly("ok");
    assertThat(culvert.err()).contains("the built-in default");
  }

  @Test
  void everyProblemIsPrintedWithItsPlace() throws IOException {
    Path file = write("broken.yaml", "default-action: maybe\nlistners: []\n");

    assertThat(culvert.execute("check", "-c", file.toString())).isEqualTo(2);

    assertThat(culvert.outLines())
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).startsWith(file + ":1:").contains("maybe"))
        .anySatisfy(line -> assertThat(line).startsWith(file + ":2:").contains("listeners"));
  }

  @Test
  void aFileThatIsNotThereIsAProblem() {
    assertThat(culvert.execute("check", "-c", "/nowhere/culvert.yaml")).isEqualTo(2);

    assertThat(culvert.out()).contains("/nowhere/culvert.yaml").doesNotContain("ok");
  }

  @Test
  void aShadowedRuleIsAWarningAndNoFailure() throws IOException {
    Path file =
        write(
            "shadow.yaml",
            """
            rules:
              - name: all
                match: { port: 21 }
                action: direct
              - name: never
                match: { host: ftp.example, port: 21 }
                action: block
            """);

    assertThat(culvert.execute("check", "-c", file.toString())).isZero();

    assertThat(culvert.outLines())
        .containsExactly(
            file
                + ":5:5: warning: rule never never matches: rule all at "
                + file
                + ":2:5 takes all that it would match",
            "ok");
  }

  @Test
  void theFileIsFoundThroughTheEnvironment() throws IOException {
    Path file = write("elsewhere.yaml", "default-action: block\n");

    assertThat(culvert.withVariable("CULVERT_CONFIG", file.toString()).execute("check")).isZero();

    assertThat(culvert.err()).contains(file.toString());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void whatIsNotUnderstoodInSshConfigIsAWarningWithItsPlace() throws IOException {
    Path sshConfig = write("ssh_config", "Host a\n  ProxyCommand nc %h %p\n");
    Path file = write("c.yaml", "profiles: {p: {ssh-config: " + sshConfig + "}}\n");

    assertThat(culvert.execute("check", "-c", file.toString())).isZero();

    assertThat(culvert.outLines())
        .containsExactly(
            sshConfig + ":2:16: warning: proxycommand: is not understood, and never run", "ok");
  }
}
