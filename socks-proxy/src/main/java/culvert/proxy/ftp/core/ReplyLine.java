package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * One line of a server.
 *
 * @param code of the reply that the line belongs to, 0 to 999; {@link #NO_CODE}: it belongs to none
 * @param last whether the reply ends with it
 * @param otherEnd whether it looks like the last line of another reply, in the middle of this one:
 *     some clients take this one for ended
 * @param raw the line with its terminator, if the server sent one, as it came; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
public record ReplyLine(int code, boolean last, boolean otherEnd, byte[] raw) {
  static final int NO_CODE = -1;

  /** Whether it belongs to a reply. */
  boolean hasCode() {
    return code != NO_CODE;
  }

  /** {@code 1yz}: the command goes on, another reply will follow. */
  boolean preliminary() {
    return isPreliminary(code);
  }

  static boolean isPreliminary(int code) {
    return code >= 100 && code < 200;
  }

  /** Whether it has its end: the last one of a connection may lack it. */
  boolean isWhole() {
    return raw.length > 0 && raw[raw.length - 1] == '\n';
  }

  /** Whether a code and a space stand at its head, which may not be its reply's code. */
  boolean isEnd() {
    return codeAt(raw, 0) != NO_CODE && raw.length > 3 && raw[3] == ' ';
  }

  /** The last line of its reply, with the same words. */
  ReplyLine endOfItsReply() {
    byte[] end = raw.clone();
    byte[] own = "%03d".formatted(code).getBytes(ISO_8859_1);
    System.arraycopy(own, 0, end, 0, own.length);
    return new ReplyLine(code, true, false, end);
  }

  /** The same line as a reply of its own. */
  ReplyLine ofItsOwn() {
    return new ReplyLine(codeAt(raw, 0), true, false, raw);
  }

  /** {@code 2yz}. */
  boolean positive() {
    return code >= 200 && code < 300;
  }

  /** {@code 4yz} and {@code 5yz}. */
  boolean negative() {
    return code >= 400 && code < 600;
  }

  /** Whether it is the answer to a login that was taken (RFC 959, RFC 2228). */
  public static boolean logsIn(int code) {
    return code == 230 || code == 232;
  }

  /** Whether a data connection is announced by it (RFC 959, 1639 and 2428). */
  static boolean announces(int code) {
    return code >= 227 && code <= 229;
  }

  /** The three digits that stand there; {@link #NO_CODE}: there are none. */
  static int codeAt(byte[] text, int start) {
    if (start + 3 > text.length) {
      return NO_CODE;
    }
    int code = 0;
    for (int i = start; i < start + 3; i++) {
      if (!isDigit(text[i])) {
        return NO_CODE;
      }
      code = code * 10 + (text[i] - '0');
    }
    return code;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** The server's own words, where all clients read the same code in them. */
  String words() {
    String words = toString();
    return words.matches("[0-9]{3} .*")
        ? words
        : "%03d culvert: the FTP server's words cannot be read.".formatted(code);
  }

  String text() {
    return new String(raw, ISO_8859_1);
  }

  @Override
  public String toString() {
    return OwnReply.printable(text().stripTrailing());
  }
}
