package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A service of PAM's, for as long as a test runs. */
public final class PamService implements AutoCloseable {
  private final Path file;

  private PamService(Path file) {
    this.file = file;
  }

  /**
   * Makes a service.
   *
   * @param lines of pam.conf(5) without the service's name
   */
  public static PamService create(String... lines) throws IOException {
    Path file = Files.createTempFile(Path.of("/etc/pam.d"), "culvert-", "");
    Files.write(file, List.of(lines));
    return new PamService(file);
  }

  /** What a server is told to ask. */
  public String name() {
    return file.getFileName().toString();
  }

  @Override
  public void close() throws IOException {
    Files.delete(file);
  }
}
