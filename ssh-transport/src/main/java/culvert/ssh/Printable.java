package culvert.ssh;

/** What peers say, made fit for a log line or an error message. */
public final class Printable {
  private static final int MAX_LENGTH = 300;

  private Printable() {}

  /** The text without control characters, which are escaped, and cut where it is long. */
  public static String text(String text) {
    return text(text, MAX_LENGTH);
  }

  /**
   * The same with another length.
   *
   * @param maxLength in characters
   */
  public static String text(String text, int maxLength) {
    StringBuilder printable = new StringBuilder(Math.min(text.length(), maxLength) + 8);
    for (int i = 0; i < text.length(); i++) {
      if (printable.length() >= maxLength) {
        return printable.append("...").toString();
      }
      append(printable, text.charAt(i));
    }
    return printable.toString();
  }

  private static void append(StringBuilder printable, char c) {
    switch (c) {
      case '\n' -> printable.append("\\n");
      case '\r' -> printable.append("\\r");
      case '\t' -> printable.append("\\t");
      default -> {
        if (isPlain(c)) {
          printable.append(c);
        } else {
          printable.append(String.format("\\u%04x", (int) c));
        }
      }
    }
  }

  /** Neither control nor format characters, which can turn a terminal's text around. */
  private static boolean isPlain(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
