package culvert.ssh.mina.auth;

/** Makes a peer's text safe for a log line. */
public final class Printable {
  private static final int LIMIT = 200;

  private Printable() {}

  /** The text with control characters escaped, cut at 200 characters. */
  public static String of(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (i == LIMIT) {
        return printable.append("...").toString();
      }
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        printable.append("\\u%04x".formatted((int) c));
      } else {
        printable.append(c);
      }
    }
    return printable.toString();
  }
}
