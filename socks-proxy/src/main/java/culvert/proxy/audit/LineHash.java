package culvert.proxy.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a line of the trail: SHA-256 of its octets without the line's end, in hex. */
final class LineHash {
  /** Of no line: a trail begins with it. */
  static final String NONE = "0".repeat(64);

  private LineHash() {}

  static String of(byte[] line) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
