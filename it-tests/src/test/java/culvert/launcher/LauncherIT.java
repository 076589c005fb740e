package culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real launcher in a tree whose build is a script that counts and then takes the jar of this
 * build: a real build in here would replace the class path under the tests' feet.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
@AnyTransport
class LauncherIT {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final Path BUILT = PROJECT.resolve("socks-proxy/target");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Path tree;

  record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void makeTree() throws IOException {
    tree = directory.resolve("a tree");
    Files.createDirectories(tree.resolve("config/src/main"));
    Files.writeString(tree.resolve("config/src/main/Source.java"), "");
    Files.writeString(tree.resolve("pom.xml"), "");
    Files.copy(PROJECT.resolve("culvert"), tree.resolve("culvert"));
    build(
        "echo built >> builds",
        "mkdir -p socks-proxy/target",
        "cp '" + BUILT + "/culvert.jar' socks-proxy/target/",
        "ln -sfn '" + BUILT + "/lib' socks-proxy/target/lib");
  }

  private void build(String... lines) throws IOException {
    Path mvnw = tree.resolve("mvnw");
    Files.writeString(mvnw, "#!/bin/sh\nset -e\n" + String.join("\n", lines) + "\n");
    assertThat(mvnw.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void removeTheLinkOutOfTheDirectory() throws IOException {
    Files.deleteIfExists(tree.resolve("socks-proxy/target/lib"));
  }

  @Test
  void theFirstCallBuildsAndTheSecondDoesNot() throws Exception {
    Result first = launch("--version");
    Result second = launch("--version");

    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("culvert ").doesNotContain("not run from its jar");
    assertThat(first.err()).contains("culvert: building");
    assertThat(second).isEqualTo(new Result(0, first.out(), ""));
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aNewerSourceIsBuilt() throws Exception {
    launch("--version");
    Files.setLastModifiedTime(
        tree.resolve("config/src/main/Source.java"),
        FileTime.from(Instant.now().plus(Duration.ofHours(1))));

    launch("--version");

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoFirstCallsAtOnceBuildOnce() throws Exception {
    Process one = start(List.of(tree.resolve("culvert").toString(), "--version"), "one");
    Process two = start(List.of(tree.resolve("culvert").toString(), "--version"), "two");

    assertThat(finish(one, "one").exitCode()).isZero();
    assertThat(finish(two, "two").exitCode()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aFailedBuildIsToldAndTriedAgain() throws Exception {
    build("echo built >> builds", "echo what went wrong", "exit 3");

    Result failed = launch("--version");
    launch("--version");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("what went wrong").contains("culvert: the build failed");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void exitCodesPassThrough() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "nonsense: 1\n");

    assertThat(launch("check").exitCode()).isZero();
    assertThat(launch("check", "-c", broken.toString()).exitCode()).isEqualTo(2);
    assertThat(launch("nonsense").exitCode()).isEqualTo(2);
  }

  @Test
  void aSymbolicLinkFromAnywhereWorks() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a tree/culvert"));
    Files.writeString(directory.resolve("culvert.yaml"), "default-action: block\n");

    Result result = finish(start(List.of(link.toString(), "check"), "link"), "link");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("ok\n");
    assertThat(result.err()).contains("checking culvert.yaml");
  }

  private Result launch(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(tree.resolve("culvert").toString()));
    command.addAll(List.of(args));
    return finish(start(command, "launch"), "launch");
  }

  private Process start(List<String> command, String name) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HOME", directory.toString());
    builder.environment().remove("CULVERT_CONFIG");
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private Result finish(Process process, String name) throws Exception {
    try {
      assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
      return new Result(process.exitValue(), read(name + ".out"), read(name + ".err"));
    } finally {
      process.destroyForcibly();
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name), Charset.defaultCharset());
  }

  private long builds() throws IOException {
    try (var lines = Files.lines(tree.resolve("builds"))) {
      return lines.count();
    }
  }
}
