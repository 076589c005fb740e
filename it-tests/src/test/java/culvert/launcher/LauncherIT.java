package culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.launcher.LauncherTree.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
@AnyTransport
class LauncherIT {
  @TempDir private Path directory;
  private LauncherTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new LauncherTree(directory);
  }

  @Test
  void theFirstCallBuildsAndTheSecondDoesNot() throws Exception {
    Result first = tree.launch("--version");
    Result second = tree.launch("--version");

    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("culvert ").doesNotContain("not run from its jar");
    assertThat(first.err()).contains("culvert: building");
    assertThat(second).isEqualTo(new Result(0, first.out(), ""));
    assertThat(tree.buildCount()).isEqualTo(1);
  }

  /** As systemd passes them, whose process the launcher's becomes. */
  private Result withSockets(int count) throws Exception {
    String line = "LISTEN_PID=$$ LISTEN_FDS=" + count + " exec \"$0\" --version";
    Process shell =
        tree.startAs(
            Path.of("/bin/sh"), "passed", "-c", line, tree.path().resolve("culvert").toString());
    return tree.finish(shell, "passed");
  }

  @Test
  void noMoreSocketsArePassedThanThereAreDescriptorsBeforeTheLocks() throws Exception {
    assertThat(withSockets(5).exitCode()).isZero();
    assertThat(withSockets(6))
        .isEqualTo(new Result(1, "", "culvert: systemd passes 6 sockets (expected: 5 at most)\n"));
  }

  @Test
  void anotherSourceIsBuiltAndTheOldBuildGoes() throws Exception {
    tree.launch("--version");
    List<Path> first = tree.folders();
    tree.changeSource("second");

    assertThat(tree.launch("--version").exitCode()).isZero();

    assertThat(tree.buildCount()).isEqualTo(2);
    assertThat(tree.folders()).hasSize(1).doesNotContainAnyElementsOf(first);
  }

  @Test
  void whatOnlyLooksNewerIsNotBuilt() throws Exception {
    tree.launch("--version");
    Files.setLastModifiedTime(
        tree.source(), FileTime.from(Instant.now().plus(Duration.ofHours(1))));

    assertThat(tree.launch("--version").exitCode()).isZero();

    assertThat(tree.buildCount()).isEqualTo(1);
  }

  @Test
  void aSourceThatChangesDuringTheBuildIsBuiltOnceMore() throws Exception {
    tree.builds("[ $(wc -l < builds) = 2 ] || echo changed > config/src/main/Source.java");
    tree.launch("--version");
    assertThat(tree.buildCount()).isEqualTo(2);

    tree.launch("--version");

    assertThat(tree.buildCount()).isEqualTo(2);
  }

  @Test
  void aCurrentBuildNeedsNoWriting() throws Exception {
    tree.launch("--version");
    Map<String, FileTime> before = modified();

    assertThat(tree.launch("--version").exitCode()).isZero();

    assertThat(modified()).isEqualTo(before);
  }

  private Map<String, FileTime> modified() throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(tree.path())) {
      for (Path file : all.toList()) {
        times.put(file.toString(), Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS));
      }
    }
    return times;
  }

  @Test
  void twoFirstCallsAtOnceBuildOnce() throws Exception {
    Process one = tree.start("one", "--version");
    Process two = tree.start("two", "--version");

    assertThat(tree.finish(one, "one").exitCode()).isZero();
    assertThat(tree.finish(two, "two").exitCode()).isZero();
    assertThat(tree.buildCount()).isEqualTo(1);
  }

  @Test
  void aFailedBuildIsToldAndTriedAgain() throws Exception {
    tree.buildIs(List.of("echo what went wrong", "exit 3"));

    Result failed = tree.launch("--version");
    tree.launch("--version");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("what went wrong").contains("culvert: the build failed");
    assertThat(tree.buildCount()).isEqualTo(2);
  }

  @Test
  void exitCodesPassThrough() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "nonsense: 1\n");

    assertThat(tree.launch("check").exitCode()).isZero();
    assertThat(tree.launch("check", "-c", broken.toString()).exitCode()).isEqualTo(2);
    assertThat(tree.launch("nonsense").exitCode()).isEqualTo(2);
  }

  @Test
  void aSymbolicLinkFromAnywhereWorks() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a tree/culvert"));
    Files.writeString(directory.resolve("culvert.yaml"), "default-action: block\n");

    Result result = tree.finish(tree.startAs(link, "link", "check"), "link");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("ok\n");
    assertThat(result.err()).contains("checking culvert.yaml");
  }

  @Test
  void theJvmGetsTheUsersOptionsLast() throws Exception {
    tree.set("CULVERT_JAVA_OPTS", "-Dunused=1 -Dos.name=Multics");

    assertThat(tree.launch("--version").out()).contains(", Multics");
  }

  @Test
  void signalsThatMeanNothingYetDoNotEndAJvmThatBegins() throws Exception {
    Path home = Files.createDirectories(directory.resolve("jdk/bin")).getParent();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    for (String program : List.of("java", "javac")) {
      Path script = home.resolve("bin").resolve(program);
      Files.writeString(script, "#!/bin/sh\nkill -USR1 $$\nkill -USR2 $$\necho goes on\n");
      assertThat(script.toFile().setExecutable(true)).isTrue();
    }
    tree.set("JAVA_HOME", home.toString());

    Result result = tree.launch("run");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("goes on\n");
  }

  /** Where it cannot be seen who runs from a build. */
  @Test
  void withoutFlockAnOldBuildIsKeptForThirtyDays() throws Exception {
    tree.set("PATH", pathWithoutFlock().toString());
    Result first = tree.launch("--version");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path old = tree.folders().get(0);
    tree.changeSource("second");
    tree.launch("--version");
    assertThat(tree.folders()).hasSize(2).contains(old);
    assertThat(tree.buildCount()).isEqualTo(2);

    Files.setLastModifiedTime(
        old.resolve("in-use"), FileTime.from(Instant.now().minus(Duration.ofDays(32))));
    tree.launch("--version");

    assertThat(tree.folders()).hasSize(1).doesNotContain(old);
  }

  private Path pathWithoutFlock() throws IOException {
    Path path = Files.createDirectory(directory.resolve("path"));
    for (String program :
        List.of(
            "cat",
            "cp",
            "cut",
            "dirname",
            "find",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sha256sum",
            "sleep",
            "sort",
            "touch",
            "uname")) {
      Path script = path.resolve(program);
      Files.writeString(
          script,
          "#!/bin/sh\nPATH='%s' exec %s \"$@\"\n".formatted(System.getenv("PATH"), program));
      assertThat(script.toFile().setExecutable(true)).isTrue();
    }
    return path;
  }
}
