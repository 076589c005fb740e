package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.check.FakeMachine;
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
    Path file = write("c.yaml", "profiles: {defaults: {ssh-config: " + sshConfig + "}}\n");

    assertThat(culvert.execute("check", "-c", file.toString())).isZero();

    assertThat(culvert.outLines())
        .containsExactly(
            sshConfig + ":2:16: warning: proxycommand: is not understood, and never run", "ok");
  }

  @Test
  void holesAreWarningsAndNoFailure() throws IOException {
    Path file =
        write(
            "c.yaml",
            """
            listeners: [{ socks: "0.0.0.0:1080", allow-from: 0.0.0.0/0 }]
            profiles: { gate: { host: g.example, identity-file: /missing } }
            rules: [{ match: { os-user: strange }, action: ftp-tunnel, profile: gate }]
            """);
    culvert.withMachine(
        new FakeMachine().withoutUser("strange").withProblem("/missing", " does not exist"));

    assertThat(culvert.execute("check", "-c", file.toString())).isZero();

    assertThat(culvert.outLines())
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).startsWith(file + ":1:50: warning: allow-from: "))
        .anySatisfy(line -> assertThat(line).startsWith(file + ":2:53: warning: identity-file: "))
        .anySatisfy(line -> assertThat(line).startsWith(file + ":3:29: warning: os-user: "))
        .endsWith("ok");
  }

  @Test
  void theEffectiveConfigurationLoadsAgainAndIsAllThatIsPrinted() throws IOException {
    Path file =
        write(
            "c.yaml",
            """
            listeners: [{ socks: 1081, users: { joe: hunter2 } }]
            profiles: { unused: { port: 2200 } }
            """);

    assertThat(culvert.execute("check", "--effective", "-c", file.toString())).isZero();

    String yaml = culvert.out();
    assertThat(yaml)
        .startsWith("listeners:\n")
        .contains("connect-timeout: 4s", "joe: ${env:NOT_SHOWN}");
    assertThat(culvert.err()).contains("a secret that stands in the file itself");
    Path again = write("again.yaml", yaml);
    CommandLineRun second = new CommandLineRun(directory).withVariable("NOT_SHOWN", "x");
    assertThat(second.execute("check", "--effective", "-c", again.toString())).isZero();
    assertThat(second.out()).isEqualTo(yaml);
  }

  @Test
  void theAuditListsWhatMayGoInPlaintext() throws IOException {
    Path file =
        write(
            "c.yaml",
            """
            rules:
              - name: ftp
                match: { port: 21 }
                action: ftp-tunnel
                fallback: plain
                fallback-on: unreachable
            """);

    assertThat(culvert.execute("check", "--audit", "-c", file.toString())).isZero();
    assertThat(culvert.outLines())
        .containsExactly(
            file
                + ":5:15: ftp: fallback: plain where the SSH server cannot be reached (fallback:"
                + " none, or fallback-on without unreachable)",
            "1 way into plaintext");

    CommandLineRun asJson = new CommandLineRun(directory);
    assertThat(asJson.execute("check", "--audit", "--json", "-c", file.toString())).isZero();
    assertThat(asJson.outLines())
        .singleElement()
        .asString()
        .startsWith(
            "{\"rule\":\"ftp\",\"action\":\"ftp-tunnel\",\"route\":\"plaintext\",\"why\":\"unreachable\",");
  }

  @Test
  void whereNothingGoesInPlaintextThatIsSaid() throws IOException {
    Path file = write("c.yaml", "rules: [{ action: ftp-tunnel }]\n");

    assertThat(culvert.execute("check", "--audit", "-c", file.toString())).isZero();

    assertThat(culvert.outLines()).containsExactly("no FTP goes in plaintext");
  }

  @Test
  void aBrokenFileHasNothingToPrint() throws IOException {
    Path file = write("c.yaml", "rules: 1\n");

    assertThat(culvert.execute("check", "--effective", "-c", file.toString())).isEqualTo(2);
    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err()).contains(file + ":1:8: rules:");
    assertThat(culvert.execute("check", "--audit", "--effective")).isEqualTo(2);
    assertThat(culvert.execute("check", "--json")).isEqualTo(2);
  }
}
