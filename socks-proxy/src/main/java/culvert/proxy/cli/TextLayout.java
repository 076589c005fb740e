package culvert.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import culvert.config.PasswordsInText;
import culvert.proxy.event.LogFields;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One line for a person: time (UTC), level, message, {@code key=value}, and perhaps a stack trace,
 * whose lines are indented. What peers sent cannot begin a line, for control characters are
 * escaped. For systemd's journal each line begins with its priority (sd-daemon(3)) in place of time
 * and level, which the journal keeps itself. Thread-safe.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final boolean journal;

  /**
   * @param journal whether systemd's journal reads it
   */
  TextLayout(boolean journal) {
    this.journal = journal;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    priority(line, event);
    if (!journal) {
      line.append(TIME.format(event.getInstant()))
          .append(String.format(Locale.ROOT, " %-5s ", event.getLevel()));
    }
    escape(line, event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        pair(line, pair.key, pair.value);
      }
    }
    line.append(System.lineSeparator());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      ThrowableProxyUtil.asString(thrown).lines().forEach(text -> trace(line, event, text));
    }
    return line.toString();
  }

  private void trace(StringBuilder line, ILoggingEvent event, String text) {
    priority(line, event);
    line.append('\t');
    escape(line, text.replace("\t", "  "));
    line.append(System.lineSeparator());
  }

  private void priority(StringBuilder line, ILoggingEvent event) {
    if (journal) {
      line.append('<').append(priority(event.getLevel())).append('>');
    }
  }

  private static int priority(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> 3;
      case Level.WARN_INT -> 4;
      case Level.INFO_INT -> 6;
      default -> 7;
    };
  }

  private static void pair(StringBuilder line, String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> parts) {
      parts.forEach((name, part) -> pair(line, key + "." + name, part));
    } else if (!(value instanceof LogFields)) {
      line.append(' ').append(key).append('=');
      value(line, value instanceof UUID id ? shown(id) : String.valueOf(value));
    }
  }

  /** What is random in it. */
  private static String shown(UUID id) {
    String text = id.toString();
    return text.substring(text.lastIndexOf('-') + 1);
  }

  private static void value(StringBuilder line, String value) {
    boolean quoted = value.isEmpty() || value.indexOf(' ') >= 0 || value.indexOf('"') >= 0;
    if (quoted) {
      line.append('"');
    }
    escape(line, quoted ? value.replace("\"", "\\\"") : value);
    if (quoted) {
      line.append('"');
    }
  }

  private static void escape(StringBuilder line, String text) {
    PasswordsInText.masked(text)
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                line.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else if (isUnseen(c)) {
                line.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
  }

  /** What ends a line for some readers, or turns a terminal's text around. */
  private static boolean isUnseen(int c) {
    return switch (Character.getType(c)) {
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
