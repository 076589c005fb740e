package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What client and server say during a login, as events. */
final class LoginLines {
  private LoginLines() {}

  static LoginEvent client(String line) {
    return new LoginEvent.Sent(new Command(line.getBytes(ISO_8859_1)));
  }

  /** A reply; {@code |} stands between its lines. */
  static LoginEvent server(String lines) {
    String text = lines.replace("|", "\r\n") + "\r\n";
    return new LoginEvent.Replied(
        new Reply(Integer.parseInt(lines.substring(0, 3)), text.getBytes(ISO_8859_1)));
  }
}
