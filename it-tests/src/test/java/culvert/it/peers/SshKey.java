package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A key pair of ssh-keygen's. */
public record SshKey(Path path) {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Makes an ed25519 key without a passphrase. */
  public static SshKey create(Path path) throws IOException {
    Run<String> run =
        Run.text(
            DEADLINE,
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path.toString()));
    if (run.exitCode() != 0) {
      throw new IOException("ssh-keygen: " + run.errors());
    }
    return new SshKey(path);
  }

  /** A line for authorized_keys. */
  public String publicLine() throws IOException {
    return Files.readString(Path.of(path + ".pub")).strip();
  }
}
