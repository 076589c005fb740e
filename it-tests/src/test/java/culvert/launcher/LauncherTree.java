package culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The real launcher in a tree whose build is a script that counts and then takes the jar of this
 * build: a real build in here would replace the class path under the tests' feet.
 */
final class LauncherTree {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final Path BUILT = PROJECT.resolve("socks-proxy/target");
  private static final String SCRIPTS = "socks-proxy/src/main/launcher";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path directory;
  private final Path tree;
  private final Map<String, String> variables = new HashMap<>();

  record Result(int exitCode, String out, String err) {}

  /**
   * @param directory where programs run and leave their output, with the tree below
   */
  LauncherTree(Path directory) throws IOException {
    this(directory, "a tree");
  }

  /**
   * The same.
   *
   * @param name of the tree
   */
  LauncherTree(Path directory, String name) throws IOException {
    this.directory = directory;
    tree = directory.resolve(name);
    Files.createDirectories(source().getParent());
    changeSource("first");
    Files.writeString(tree.resolve("pom.xml"), "");
    Files.copy(PROJECT.resolve("culvert"), tree.resolve("culvert"));
    Files.createDirectories(tree.resolve(SCRIPTS));
    try (Stream<Path> scripts = Files.list(PROJECT.resolve(SCRIPTS))) {
      for (Path script : scripts.toList()) {
        Files.copy(script, tree.resolve(SCRIPTS).resolve(script.getFileName()));
      }
    }
    builds();
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    variables.put("HOME", directory.toString());
    variables.put("CULVERT_JAVA_OPTS", "-Xshare:off"); // no archive is made, which takes seconds
  }

  Path path() {
    return tree;
  }

  Path source() {
    return tree.resolve("config/src/main/Source.java");
  }

  void changeSource(String content) throws IOException {
    Files.writeString(source(), content);
  }

  void set(String variable, String value) {
    variables.put(variable, value);
  }

  /** From now on the build does this and succeeds. */
  void builds(String... before) throws IOException {
    List<String> lines = new ArrayList<>(List.of(before));
    lines.add("for module in socks-proxy it-tests; do");
    lines.add("  mkdir -p $module/target/launcher/classes");
    lines.add("  ln -s '" + BUILT + "/lib' $module/target/launcher/lib");
    lines.add("done");
    lines.add("cp '" + BUILT + "/culvert.jar' socks-proxy/target/launcher/");
    buildIs(lines);
  }

  /** From now on the build does this and nothing else. */
  void buildIs(List<String> lines) throws IOException {
    Path mvnw = tree.resolve("mvnw");
    Files.writeString(
        mvnw, "#!/bin/sh\nset -e\necho built >> builds\n" + String.join("\n", lines) + "\n");
    assertThat(mvnw.toFile().setExecutable(true)).isTrue();
  }

  /** How often it was built. */
  long buildCount() throws IOException {
    try (var lines = Files.lines(tree.resolve("builds"))) {
      return lines.count();
    }
  }

  /** The folders with a build. */
  List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(tree.resolve("target/culvert"))) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
  }

  Result launch(String... args) throws Exception {
    return finish(start("launch", args), "launch");
  }

  /** Starts the launcher. */
  Process start(String name, String... args) throws IOException {
    return startAs(tree.resolve("culvert"), name, args);
  }

  /**
   * The same by another path.
   *
   * @param name of the files that its output goes to
   */
  Process startAs(Path launcher, String name, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(variables);
    List.of("CULVERT_CONFIG", "XDG_CONFIG_HOME").forEach(builder.environment()::remove);
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  Result finish(Process process, String name) throws Exception {
    try {
      assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
      return new Result(process.exitValue(), read(name + ".out"), read(name + ".err"));
    } finally {
      process.destroyForcibly();
    }
  }

  /** What a program has written so far. */
  String read(String file) throws IOException {
    return Files.readString(directory.resolve(file), Charset.defaultCharset());
  }
}
