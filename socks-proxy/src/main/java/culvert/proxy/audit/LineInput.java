package culvert.proxy.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a file of the trail into lines. Blocks; holds a block and a line. */
final class LineInput implements AutoCloseable {
  /** Longer ones were not written by Culvert: an event has a few KiB. */
  static final int LONGEST = 1 << 20;

  private static final int BLOCK = 1 << 16;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private int at;
  private int end;

  /**
   * @param octets without the line's end; of a longer one the first {@link #LONGEST}
   * @param hash of all of them
   * @param whole whether it has an end
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Line(byte[] octets, String hash, boolean whole) {
    boolean isTooLong() {
      return octets.length == LONGEST;
    }
  }

  private LineInput(InputStream in) {
    this.in = in;
  }

  /** Decompresses it if its name says so. */
  static LineInput open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return new LineInput(
          TrailName.isCompressed(file)
              ? new GZIPInputStream(new BufferedInputStream(in, BLOCK), BLOCK)
              : in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The next line; null: there are no more. */
  @Nullable Line next() throws IOException {
    if (at == end && !fill()) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(0);
    MessageDigest digest = LineHash.digest();
    boolean whole = false;
    do {
      int from = at;
      while (at < end && block[at] != '\n') {
        at++;
      }
      digest.update(block, from, at - from);
      line.write(block, from, Math.min(at - from, LONGEST - line.size()));
      if (at < end) {
        at++;
        whole = true;
      }
    } while (!whole && fill());
    return new Line(line.toByteArray(), HexFormat.of().formatHex(digest.digest()), whole);
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(block));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
