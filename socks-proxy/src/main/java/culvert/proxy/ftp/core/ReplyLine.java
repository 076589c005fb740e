package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * One line of a server.
 *
 * @param code of the reply that the line belongs to; 0: it belongs to none
 * @param last whether the reply ends with it
 * @param raw the line with its terminator, as it came; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
public record ReplyLine(int code, boolean last, byte[] raw) {

  /** {@code 1yz}: the command goes on, another reply will follow. */
  boolean preliminary() {
    return code >= 100 && code < 200;
  }

  String text() {
    return new String(raw, ISO_8859_1);
  }

  @Override
  public String toString() {
    return OwnReply.printable(text().stripTrailing());
  }
}
