package culvert.config;

/** What was found in a file, made fit to print: on one line, not too long. */
final class Found {
  private static final int MAX_LENGTH = 60;

  private Found() {}

  static String shown(String text) {
    if (text.isBlank()) {
      return '"' + text.replaceAll("\\p{Cntrl}", "?") + '"';
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MAX_LENGTH)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.append(text.codePointCount(0, text.length()) > MAX_LENGTH ? "..." : "").toString();
  }

  static String quoted(String text) {
    return text.isBlank() ? shown(text) : '"' + shown(text) + '"';
  }

  /** What was found, and what had been expected. */
  static String message(String text, String expected) {
    return shown(text) + " (expected: " + expected + ")";
  }
}
