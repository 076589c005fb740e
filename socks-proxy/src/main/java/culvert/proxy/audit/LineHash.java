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
    return HexFormat.of().formatHex(digest().digest(line));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
