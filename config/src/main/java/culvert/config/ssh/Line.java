package culvert.config.ssh;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line: a keyword and what follows it. Blanks, quotes, {@code =} and comments as in OpenSSH's
 * readconf.c.
 *
 * @param keyword in lower case
 * @param rest behind the keyword, comment included; never empty
 * @param restColumn from 0
 */
record Line(
    String file, int number, String keyword, int keywordColumn, String rest, int restColumn) {
  static final String BLANKS = " \t\r\n";

  /** An argument. */
  record Word(String text, Place place) {}

  /** Why a line cannot be read. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    private final int column;

    Malformed(int column, String message) {
      super(message);
      this.column = column;
    }

    int column() {
      return column;
    }
  }

  /** Null for a blank line or a comment. */
  static @Nullable Line parse(String file, int number, String text) throws Malformed {
    int end = text.length();
    while (end > 0 && (BLANKS + "\f").indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    String line = text.substring(0, end);
    int start = skipBlanks(line, 0);
    if (start == end || line.charAt(start) == '#') {
      return null;
    }
    Delimited words = new Delimited(line, start);
    String keyword = words.next();
    if (keyword == null) {
      throw new Malformed(start, "a quote that is not closed");
    }
    int rest = words.position();
    if (rest < 0 || rest == end) {
      throw new Malformed(start, keyword + " without an argument");
    }
    return new Line(file, number, Ascii.lower(keyword), start, line.substring(rest), rest);
  }

  static int skipBlanks(String text, int from) {
    int i = from;
    while (i < text.length() && BLANKS.indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  Place place() {
    return new Place(file, number, keywordColumn + 1);
  }

  Place placeInRest(int offset) {
    return new Place(file, number, restColumn + offset + 1);
  }

  /** The arguments, without their quotes; up to a comment. */
  List<Word> words() throws Malformed {
    List<Word> words = new ArrayList<>();
    int i = 0;
    while (i < rest.length()) {
      char c = rest.charAt(i);
      if (c == ' ' || c == '\t') {
        i++;
      } else if (c == '#') {
        break;
      } else {
        i = word(i, words);
      }
    }
    return words;
  }

  private int word(int start, List<Word> words) throws Malformed {
    StringBuilder word = new StringBuilder();
    char quote = 0;
    int i = start;
    for (; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '\\' && i + 1 < rest.length() && escapes(rest.charAt(i + 1), quote)) {
        word.append(rest.charAt(++i));
      } else if (quote == 0 && (c == ' ' || c == '\t')) {
        break;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new Malformed(restColumn + start, "a quote that is not closed");
    }
    words.add(new Word(word.toString(), placeInRest(start)));
    return i;
  }

  private static boolean escapes(char next, char quote) {
    return next == '\'' || next == '"' || next == '\\' || (quote == 0 && next == ' ');
  }
}
