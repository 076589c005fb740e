package culvert.proxy.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** Finds the last line of a file of the trail, however long it is. */
final class LastLine {
  private static final int BLOCK = 1 << 16;

  /**
   * @param hash of the line
   * @param whole whether it has an end; not if a process was killed, or the power went, as it wrote
   */
  record Found(String hash, boolean whole) {}

  private LastLine() {}

  /** Empty: the file is. */
  static Optional<Found> of(Path file) throws IOException {
    return TrailName.isCompressed(file) ? ofCompressed(file) : ofPlain(file);
  }

  /** The last one that has an end; empty: there is none. */
  static Optional<Found> whole(Path file) throws IOException {
    return inOrder(file, true);
  }

  private static Optional<Found> ofPlain(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size == 0) {
        return Optional.empty();
      }
      boolean whole = read(channel, size - 1, 1).get(0) == '\n';
      long end = whole ? size - 1 : size;
      String hash = hash(channel, lineStart(channel, end), end);
      return Optional.of(new Found(hash, whole));
    }
  }

  /** Where the line begins that ends there. */
  private static long lineStart(FileChannel channel, long end) throws IOException {
    for (long from = end; from > 0; ) {
      long start = Math.max(0, from - BLOCK);
      ByteBuffer block = read(channel, start, (int) (from - start));
      for (int i = block.limit() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return start + i + 1;
        }
      }
      from = start;
    }
    return 0;
  }

  private static String hash(FileChannel channel, long start, long end) throws IOException {
    MessageDigest digest = LineHash.digest();
    for (long from = start; from < end; from += BLOCK) {
      digest.update(read(channel, from, (int) Math.min(BLOCK, end - from)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the file has become shorter");
      }
    }
    return buffer.flip();
  }

  private static Optional<Found> ofCompressed(Path file) throws IOException {
    return inOrder(file, false);
  }

  private static Optional<Found> inOrder(Path file, boolean wholeAlone) throws IOException {
    Optional<Found> last = Optional.empty();
    try (LineInput in = LineInput.open(file)) {
      for (LineInput.Line line = in.next(); line != null; line = in.next()) {
        if (line.whole() || !wholeAlone) {
          last = Optional.of(new Found(line.hash(), line.whole()));
        }
      }
    }
    return last;
  }
}
