package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A key pair of ssh-keygen's. */
public record SshKey(Path path) {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Makes an ed25519 key without a passphrase. */
  public static SshKey create(Path path) throws IOException {
    return create(path, "ed25519", "");
  }

  /**
   * Makes a key.
   *
   * @param options of ssh-keygen, such as {@code -b 384}
   */
  public static SshKey create(Path path, String type, String passphrase, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", path.toString()));
    command.addAll(List.of("-C", path.getFileName().toString()));
    command.addAll(List.of(options));
    run(command);
    return new SshKey(path);
  }

  /** Gives a key that has none a passphrase. */
  public void encrypt(String passphrase, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", path.toString()));
    command.addAll(List.of(options));
    run(command);
  }

  /** Leaves the public half alone in its place. */
  public void deletePrivateKey() throws IOException {
    Files.delete(path);
  }

  public Path publicFile() {
    return Path.of(path + ".pub");
  }

  /** Where OpenSSH looks for a certificate by itself. */
  public Path certificate() {
    return Path.of(path + "-cert.pub");
  }

  static void run(List<String> command) throws IOException {
    Run<String> run = Run.text(DEADLINE, command);
    if (run.exitCode() != 0) {
      throw new IOException(String.join(" ", command) + ": " + run.errors());
    }
  }

  /** A line for authorized_keys. */
  public String publicLine() throws IOException {
    return Files.readString(publicFile()).strip();
  }
}
