package culvert.it;

import culvert.it.peers.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A file of pseudo-random bytes: of the same length always the same. */
public record TestFile(Path path, Sha256 content) {
  public static final int MIB = 1024 * 1024;

  public static TestFile create(Path path, long length) throws IOException {
    Random random = new Random(length);
    byte[] block = new byte[256 * 1024];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
      for (long left = length; left > 0; left -= block.length) {
        random.nextBytes(block);
        out.write(block, 0, (int) Math.min(left, block.length));
      }
    }
    return new TestFile(path, Sha256.of(path));
  }
}
