package culvert.config;

/** What was found in a file, made fit to print: on one line, not too long, without a password. */
public final class Found {
  private static final int MAX_LENGTH = 60;

  private Found() {}

  public static String shown(String found) {
    String text = PasswordsInText.maskedName(found);
    if (text.isBlank()) {
      return '"' + text.replaceAll("\\p{Cntrl}", "?") + '"';
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MAX_LENGTH)
        .forEach(
            c -> {
              if (isInvisible(c)) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.append(text.codePointCount(0, text.length()) > MAX_LENGTH ? "..." : "").toString();
  }

  /** Whether a terminal might do more than print it, such as U+202E, which turns text around. */
  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }

  public static String quoted(String text) {
    return text.isBlank() ? shown(text) : '"' + shown(text) + '"';
  }

  /** What was found, and what had been expected. */
  public static String message(String text, String expected) {
    return shown(text) + " (expected: " + expected + ")";
  }
}
