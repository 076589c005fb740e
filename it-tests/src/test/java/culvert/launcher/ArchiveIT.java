package culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.launcher.LauncherTree.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's build makes a class-data archive, which is used where it fits. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "stat tells what a seal is made of")
@AnyTransport
class ArchiveIT {
  private static final String PROGRAM = "culvert.proxy.cli.Culvert source: ";

  @TempDir private Path directory;
  private LauncherTree tree;

  @BeforeEach
  void build() throws Exception {
    // Java 17 takes no class of a jar from an archive whose path it has to encode for a URL.
    tree = new LauncherTree(directory, "tree");
    tree.set("CULVERT_JAVA_OPTS", "");
    tree.launch("--version");
  }

  private Path built(String name) throws IOException {
    return tree.folders().get(0).resolve(name);
  }

  /** Starts quietly, and tells where the JVM has the program's class from. */
  private String sourceWith(String options) throws Exception {
    Path loaded = Files.createTempFile(directory, "loaded", ".log");
    tree.set("CULVERT_JAVA_OPTS", options + " -Xlog:class+load:file=" + loaded);
    Result result = tree.launch("--version");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("culvert ").doesNotContain("warning", "error");
    assertThat(tree.buildCount()).isEqualTo(1);
    return Files.readAllLines(loaded).stream()
        .filter(line -> line.contains(PROGRAM))
        .map(line -> line.substring(line.indexOf(PROGRAM) + PROGRAM.length()))
        .findFirst()
        .orElseThrow();
  }

  private String source() throws Exception {
    return sourceWith("");
  }

  private void assertIsNotUsed() throws Exception {
    assertThat(source()).startsWith("file:");
  }

  @Test
  void programsStartFromIt() throws Exception {
    assertThat(source()).isEqualTo("shared objects file (top)");
    try (Stream<Path> files = Files.list(tree.folders().get(0))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "culvert.jar", "lib", "demo", "in-use", "culvert.jsa", "culvert.seal");
    }
  }

  @Test
  void thoseThatNeedAnotherClassPathOrShareNothingStart() throws Exception {
    assertThat(tree.launch("demo", "--help").err()).isEmpty();
    assertThat(sourceWith("-Xshare:off")).startsWith("file:");
    assertThat(sourceWith("-XX:+UseG1GC")).isNotEmpty();
    assertThat(sourceWith("-XX:-UseCompressedClassPointers")).isNotEmpty();
  }

  @Test
  void oneOfAnotherJarIsNotUsed() throws Exception {
    Files.setLastModifiedTime(
        built("culvert.jar").toRealPath(), FileTime.from(Instant.ofEpochSecond(1)));

    assertIsNotUsed();
  }

  @Test
  void oneOfAnotherJvmIsNotUsed() throws Exception {
    Path seal = built("culvert.seal");
    Files.writeString(seal, Files.readString(seal).replaceAll("(libjvm\\.so \\d+) \\d+", "$1 1"));

    assertIsNotUsed();
  }

  @Test
  void oneThatSomebodyElseMayHaveWrittenIsNotUsed() throws Exception {
    for (String file : List.of("culvert.jsa", "culvert.seal")) {
      Files.setPosixFilePermissions(built(file), PosixFilePermissions.fromString("rw-rw-rw-"));
      assertIsNotUsed();
      Files.setPosixFilePermissions(built(file), PosixFilePermissions.fromString("rw-r--r--"));
    }
    assertThat(source()).startsWith("shared");
  }

  @Test
  void aBrokenOneIsNotUsed() throws Exception {
    Files.writeString(built("culvert.jsa"), "nonsense");
    assertIsNotUsed();

    Files.delete(built("culvert.jsa"));
    assertIsNotUsed();
  }
}
