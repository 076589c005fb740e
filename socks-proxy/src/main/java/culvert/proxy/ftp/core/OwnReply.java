package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Replies that Culvert itself gives. */
public final class OwnReply {
  private static final int MAX_TEXT = 400;

  static final String GREETING = "220 Culvert FTP proxy ready.";
  static final String PLEASE_LOG_IN = "530 Please login with USER and PASS.";
  static final String PASSWORD_PLEASE = "331 Please specify the password.";
  static final String USER_FIRST = "503 Login with USER first.";
  static final String MALFORMED =
      "500 culvert: not understood, a command is VERB or VERB ARGUMENT.";
  static final String GOODBYE = "221 Goodbye.";
  static final String NO_TLS = "502 culvert: TLS is not supported here, go on in clear.";
  static final String NO_OTHER_PORT =
      "502 culvert: not supported, use EPRT or PORT for active mode.";
  static final String NO_OTHER_PASSIVE =
      "502 culvert: not supported, use EPSV or PASV for passive mode.";
  static final String NO_CODE = "500 culvert: the FTP server answered 000, which is no code.";
  static final String ABORTED = "226 culvert: ABOR command successful.";
  static final String UNANSWERED =
      "450 culvert: the FTP server went on without an answer to this command.";
  static final String TRANSFER_UNANSWERED =
      "426 culvert: the FTP server went on without an answer to this transfer.";
  static final String UPLOAD_BROKEN = "426 culvert: upload broken off by the client.";

  private OwnReply() {}

  /** One line; what could break it or a terminal is replaced, what is too long is cut. */
  public static byte[] of(int code, String text) {
    return line(code + " " + printable(text));
  }

  static byte[] line(String reply) {
    return (reply + "\r\n").getBytes(US_ASCII);
  }

  /** A peer's text, safe for a log line or a reply. */
  public static String printable(String text) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_TEXT));
    for (int i = 0; i < text.length() && i < MAX_TEXT; i++) {
      char c = text.charAt(i);
      safe.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return text.length() > MAX_TEXT ? safe.append("...").toString() : safe.toString();
  }
}
