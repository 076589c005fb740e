package culvert.config.ssh;

import org.jspecify.annotations.Nullable;

/** Words as OpenSSH's strdelim() parts them: by blanks, or one {@code =}, or the end of a quote. */
final class Delimited {
  private static final String ENDS = Line.BLANKS + "\"=";

  private final String text;
  private int position;
  private int start;

  Delimited(String text, int from) {
    this.text = text;
    this.position = from;
  }

  /** Where the next word begins; negative behind the last one. */
  int position() {
    return position;
  }

  /** Where the last word began. */
  int start() {
    return start;
  }

  /** Nothing more is wanted. */
  void finish() {
    position = -1;
  }

  /** The next word, maybe an empty one; null behind the last one, or for an open quote. */
  @Nullable String next() {
    if (position < 0) {
      return null;
    }
    start = position;
    int end = start;
    while (end < text.length() && ENDS.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    if (end == text.length()) {
      position = -1;
      return text.substring(start);
    }
    if (text.charAt(end) == '"') {
      return quoted(end);
    }
    boolean equals = text.charAt(end) == '=';
    position = Line.skipBlanks(text, end + 1);
    if (!equals && position < text.length() && text.charAt(position) == '=') {
      position = Line.skipBlanks(text, position + 1);
    }
    return text.substring(start, end);
  }

  private @Nullable String quoted(int open) {
    int close = text.indexOf('"', open + 1);
    if (close < 0) {
      position = -1;
      return null;
    }
    position = Line.skipBlanks(text, close + 1);
    return text.substring(start, open) + text.substring(open + 1, close);
  }
}
