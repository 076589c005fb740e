package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Key pairs and certificates that ssh-keygen makes in a directory. */
public record KeyFiles(Path directory) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** A new pair; the private key's file. */
  public Path pair(String name, String type) {
    Path file = directory.resolve(name);
    keygen("-q", "-t", type, "-N", "", "-C", "", "-f", file.toString());
    return file;
  }

  /**
   * The same key under another name and with a certificate beside it.
   *
   * @param options of ssh-keygen: {@code -h}, {@code -n}, {@code -V}, {@code -O}, {@code -t}
   */
  public Path certified(String name, Path key, Path authority, String... options)
      throws IOException {
    Path copy = directory.resolve(name);
    Files.copy(key, copy, StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(Path.of(key + ".pub"), Path.of(copy + ".pub"));
    List<String> arguments = new ArrayList<>(List.of("-q", "-s", authority.toString(), "-I", name));
    arguments.addAll(List.of(options));
    arguments.add(copy + ".pub");
    keygen(arguments.toArray(String[]::new));
    return copy;
  }

  /** Type and base64 of a pair's public half. */
  public static String publicKey(Path key) throws IOException {
    String[] words = Files.readString(Path.of(key + ".pub")).split(" ", -1);
    return words[0] + " " + words[1].strip();
  }

  public static void keygen(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    command.addAll(List.of(arguments));
    Run<String> run = Run.text(DEADLINE, command);
    if (run.exitCode() != 0) {
      throw new AssertionError(command + ": " + run.errors());
    }
  }
}
