package culvert.proxy.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Finds the last line of a file of the trail. */
final class LastLine {
  private static final int BLOCK = 8192;

  /**
   * @param octets without the line's end
   * @param whole whether it has one; not if a process was killed, or the power went, as it wrote
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Found(byte[] octets, boolean whole) {}

  private LastLine() {}

  /** Empty: the file is. */
  static Optional<Found> of(Path file) throws IOException {
    return TrailName.isCompressed(file) ? ofCompressed(file) : ofPlain(file);
  }

  private static Optional<Found> ofPlain(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = channel.size();
      byte[] tail = new byte[0];
      while (from > 0 && lineStart(tail) < 0) {
        long start = Math.max(0, from - BLOCK);
        byte[] block = read(channel, start, (int) (from - start));
        byte[] longer = Arrays.copyOf(block, block.length + tail.length);
        System.arraycopy(tail, 0, longer, block.length, tail.length);
        tail = longer;
        from = start;
      }
      return found(tail, Math.max(0, lineStart(tail)));
    }
  }

  private static byte[] read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file has become shorter");
      }
    }
    return buffer.array();
  }

  /** Behind the last line end that another octet follows; negative: there is none. */
  private static int lineStart(byte[] tail) {
    for (int i = tail.length - 2; i >= 0; i--) {
      if (tail[i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static Optional<Found> found(byte[] tail, int start) {
    if (tail.length == 0) {
      return Optional.empty();
    }
    boolean whole = tail[tail.length - 1] == '\n';
    int end = whole ? tail.length - 1 : tail.length;
    return Optional.of(new Found(Arrays.copyOfRange(tail, start, end), whole));
  }

  private static Optional<Found> ofCompressed(Path file) throws IOException {
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int last = -1;
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        if (last == '\n') {
          line.reset();
        }
        line.write(octet);
        last = octet;
      }
      return found(line.toByteArray(), 0);
    }
  }
}
