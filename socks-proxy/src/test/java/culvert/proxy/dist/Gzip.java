package culvert.proxy.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** As {@code gzip -9n} does: no name, no time, at the highest level, which the header says. */
final class Gzip {
  private static final int LEVEL_IN_HEADER = 8;
  private static final byte HIGHEST = 2;

  private Gzip() {}

  static byte[] compress(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new HighestLevel(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] compressed = out.toByteArray();
    compressed[LEVEL_IN_HEADER] = HIGHEST;
    return compressed;
  }

  private static final class HighestLevel extends GZIPOutputStream {
    HighestLevel(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
