package culvert.config.ssh;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** OpenSSH's own client, asked with {@code ssh -G} what its configuration comes to. */
final class RealSsh {
  static final Map<String, String> VARIABLES =
      Map.of("CULVERT_DIR", "/srv/keys", "CULVERT_AGENT", "/run/agent", "PATH", "/usr/bin:/bin");
  private static final String EXECUTING = "Executing proxy command: exec ";
  private static final Path PROGRAM = Path.of("/usr/bin/ssh");

  private RealSsh() {}

  /** Skips the test where there is no ssh; with {@code CI=true} that is a failure. */
  static void assumeInstalled() {
    boolean installed = Files.isExecutable(PROGRAM);
    if (!installed && "true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("CI=true, but no " + PROGRAM);
    }
    Assumptions.assumeTrue(installed, "no " + PROGRAM + " (Debian: openssh-client)");
  }

  /** Keys and values as it prints them; empty if it refuses the file. */
  static Optional<Map<String, List<String>>> ask(Path file, String destination) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(PROGRAM.toString(), "-G", "-F", file.toString(), "--", destination)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(VARIABLES);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("ssh -G does not end");
      }
      return process.exitValue() == 0 ? Optional.of(values(output)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The command that it makes of ProxyJump, which is as far as it comes. */
  static String proxyCommand(Path file, String destination) throws IOException {
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "-v", "-F", file.toString(), "--", destination)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (BufferedReader said = process.errorReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.contains(EXECUTING)) {
          return line.substring(line.indexOf(EXECUTING) + EXECUTING.length());
        }
      }
      throw new IllegalStateException("ssh -v executes no proxy command");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Map<String, List<String>> values(String output) {
    Map<String, List<String>> values = new HashMap<>();
    for (String line : output.lines().toList()) {
      int blank = line.indexOf(' ');
      if (blank > 0) {
        values
            .computeIfAbsent(line.substring(0, blank), key -> new ArrayList<>())
            .add(line.substring(blank + 1));
      }
    }
    return values;
  }
}
