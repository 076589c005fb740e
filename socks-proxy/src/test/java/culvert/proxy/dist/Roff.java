package culvert.proxy.dist;

import java.util.List;
import java.util.Locale;

/** A manual page in the macros of man(7). */
final class Roff {
  private static final int WIDTH = 78;

  private final StringBuilder page = new StringBuilder();

  /**
   * Begins it.
   *
   * @param date as 2026-11-30
   */
  Roff(String name, int section, String date, String version) {
    page.append(".\\\" Made from the program itself.\n");
    String title = escape(name.toUpperCase(Locale.ROOT));
    page.append(".TH \"%s\" %d %s \"%s\"\n".formatted(title, section, date, escape(version)));
  }

  Roff section(String title) {
    page.append(".SH ").append(escape(title)).append('\n');
    return this;
  }

  /** What it is called and does, as whatis(1) reads it. */
  Roff name(String name, String summary) {
    section("NAME");
    return text(name + " - " + summary);
  }

  /** Text that is filled when it is shown. */
  Roff text(String text) {
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      String escaped = escape(word);
      if (line.length() > 0 && line.length() + 1 + escaped.length() > WIDTH) {
        line(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(escaped);
    }
    line(line.toString());
    return this;
  }

  /** One entry of a list. */
  Roff entry(String term, String text) {
    page.append(".TP\n");
    line(bold(term));
    return text(text);
  }

  /** A line behind the first one of an entry. */
  Roff more(String text) {
    page.append(".br\n");
    return text(text);
  }

  /** Lines as they are. */
  Roff verbatim(List<String> lines) {
    page.append(".nf\n");
    lines.forEach(line -> line(escape(line)));
    page.append(".fi\n");
    return this;
  }

  @Override
  public String toString() {
    return page.toString();
  }

  private static String bold(String text) {
    return "\\fB" + escape(text) + "\\fR";
  }

  private void line(String escaped) {
    if (escaped.startsWith(".") || escaped.startsWith("'")) {
      page.append("\\&");
    }
    page.append(escaped.isEmpty() ? "\\&" : escaped).append('\n');
  }

  /** Characters that roff would take for its own, or for typographic ones. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> {
                  if (character < 0x7f) {
                    escaped.appendCodePoint(character);
                  } else {
                    escaped.append("\\[u%04X]".formatted(character));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
