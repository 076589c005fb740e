package culvert.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Named pipes, for tests of what must not wait for their writers. */
public final class Pipes {
  private Pipes() {}

  /** A pipe that nobody writes to. */
  public static Path make(Path path) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor())
        .isZero();
    return path;
  }
}
