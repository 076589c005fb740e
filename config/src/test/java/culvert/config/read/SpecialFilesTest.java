package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Action;
import culvert.config.ConfigProblem;
import culvert.config.file.Pipes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a configuration names, it is read or refused, and holds nobody up. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpecialFilesTest {
  @TempDir private Path home;
  private Path pipe;

  @BeforeEach
  void aPipeThatNobodyWritesTo() throws Exception {
    pipe = Pipes.make(home.resolve("pipe"));
    Files.createDirectories(home.resolve(".ssh"));
    Files.createDirectories(home.resolve("etc/ssh"));
  }

  @Test
  void aSecretIsInARegularFile() {
    assertThat(problems("{ password: '${file:" + pipe + "}' }"))
        .containsExactly(
            "c.yaml:1:28: password: cannot read " + pipe + ": a pipe (expected: a regular file)");
    assertThat(problems("{ identity-passphrase: '${file:/dev/zero}' }"))
        .containsExactly(
            "c.yaml:1:39: identity-passphrase: cannot read /dev/zero: a device (expected: a regular"
                + " file)");
    assertThat(problems("{ identity-agent: '${file:~/.ssh}' }"))
        .containsExactly(
            "c.yaml:1:34: identity-agent: cannot read "
                + home.resolve(".ssh")
                + ": a directory (expected: a regular file)");
  }

  @Test
  void theConfigurationItselfIsARegularFile() throws IOException {
    Path link = Files.createSymbolicLink(home.resolve("link"), pipe);

    assertThat(messages(pipe))
        .containsExactly("cannot read the file: a pipe (expected: a regular file)");
    assertThat(messages(link))
        .containsExactly("cannot read the file: a pipe (expected: a regular file)");
    assertThat(messages(Path.of("/dev/zero")))
        .containsExactly("cannot read the file: a device (expected: a regular file)");
    assertThat(messages(home))
        .containsExactly("cannot read the file: a directory (expected: a regular file)");
    assertThat(messages(Path.of("/dev/null"))).isEmpty();
  }

  /** As {@code culvert check -c <(generate)} has it: nobody need write to it for it to open. */
  @Test
  void theConfigurationMayComeThroughAPipeThatTheShellHandsOverAndOnlyOnce() throws Exception {
    Process holder = new ProcessBuilder("sleep", "60").start();
    try {
      Path handedOver = Path.of("/proc", Long.toString(holder.pid()), "fd", "0");
      try (OutputStream out = holder.getOutputStream()) {
        out.write("default-action: block".getBytes(StandardCharsets.UTF_8));
      }

      assertThat(loader().load(handedOver).orThrow().defaultAction()).isEqualTo(Action.BLOCK);
      assertThat(messages(handedOver))
          .containsExactly(
              "cannot read the file: an empty pipe (expected: text; what was read once is gone)");
    } finally {
      holder.destroy();
      holder.waitFor();
    }
  }

  @Test
  void whatOpenSshReadsIsARegularFileToo() throws IOException {
    Path including = Files.writeString(home.resolve("including"), "Include " + pipe + "\n");

    String refused = pipe + ":1:1: cannot read the file: a pipe (expected: a regular file)";
    assertThat(problems("{ ssh-config: " + pipe + " }")).containsExactly(refused);
    assertThat(problems("{ ssh-config: " + including + " }")).containsExactly(refused);
    assertThat(problems("{ ssh-config: /dev/null }")).isEmpty();
  }

  @Test
  void theStandardFilesOfOpenSshAreRegularOnes() throws IOException {
    Path ofUser = Files.createSymbolicLink(home.resolve(".ssh/config"), pipe);
    Path ofSystem = Files.createSymbolicLink(home.resolve("etc/ssh/ssh_config"), pipe);

    assertThat(problems("{ ssh-config: true }"))
        .containsExactly(
            ofUser + ":1:1: cannot read the file: a pipe (expected: a regular file)",
            ofSystem + ":1:1: cannot read the file: a pipe (expected: a regular file)");
  }

  @Test
  void theNamesOfPortsAreInARegularFile() throws IOException {
    Files.createSymbolicLink(home.resolve("etc/services"), pipe);
    Path file = Files.writeString(home.resolve("ports"), "Host h\n  Port ssh\nHost i\n  Port x\n");

    assertThat(problems("{ ssh-config: " + file + " }"))
        .singleElement()
        .asString()
        .startsWith(file + ":4:8: ");
  }

  private ConfigLoader loader() {
    return new ConfigLoader(new Environment(Map.of(), home, home, home.resolve("etc")));
  }

  private List<String> problems(String profile) {
    return loader().loadString("profiles: { a: " + profile + " }", "c.yaml").problems().stream()
        .map(ConfigProblem::toString)
        .toList();
  }

  private List<String> messages(Path file) {
    return loader().load(file).problems().stream().map(ConfigProblem::message).toList();
  }
}
