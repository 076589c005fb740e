package culvert.proxy.ftp.core;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * A whole reply.
 *
 * @param raw all its lines, as they came; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
public record Reply(int code, byte[] raw) {

  /** {@code 1yz}: the command goes on, another reply will follow. */
  boolean preliminary() {
    return code >= 100 && code < 200;
  }

  /** {@code 4yz}, {@code 5yz}, and codes that are none: nothing that a client could go on with. */
  boolean negative() {
    return code < 100 || code >= 400;
  }

  /** All its lines, each with an end: the last words of a server may lack it. */
  byte[] lines() {
    if (raw[raw.length - 1] == '\n') {
      return raw;
    }
    byte[] lines = Arrays.copyOf(raw, raw.length + 2);
    lines[raw.length] = '\r';
    lines[raw.length + 1] = '\n';
    return lines;
  }

  /** The same without what a client could take for the announcement of a data connection. */
  byte[] harmlessLines() {
    byte[] all = lines();
    ByteArrayOutputStream harmless = new ByteArrayOutputStream(all.length);
    boolean headless = false;
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == '\n') {
        byte[] line = Arrays.copyOfRange(all, start, i + 1);
        boolean last = i + 1 == all.length;
        Optional<byte[]> told =
            ClientLine.of(code, line, ClientLine.Place.of(start == 0, last), false);
        headless |= start == 0 && told.isEmpty(); // then the others would be replies of their own
        if (last || !headless) {
          told.ifPresent(harmless::writeBytes);
        }
        start = i + 1;
      }
    }
    return harmless.toByteArray();
  }

  @Override
  public String toString() {
    return Integer.toString(code);
  }

  /** Puts lines together to replies. */
  public static final class Collector {
    private static final int MAX_REPLY = 64 * 1024;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /** The reply that ends with this line, if one does. */
    public Optional<Reply> add(ReplyLine line) {
      if (!line.hasCode()) {
        return Optional.empty(); // it belongs to none
      }
      if (lines.size() + line.raw().length <= MAX_REPLY || line.last()) {
        lines.writeBytes(line.raw()); // past the limit, middle lines are left out
      }
      if (!line.last()) {
        return Optional.empty();
      }
      Reply reply = new Reply(line.code(), lines.toByteArray());
      lines.reset();
      return Optional.of(reply);
    }
  }
}
