package culvert.proxy.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import culvert.config.PasswordsInText;
import culvert.proxy.event.LogFields;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object on each line: {@code time}, {@code level}, {@code logger}, {@code thread}, {@code
 * message}, perhaps {@code error}, and the event's keys beside them, with the names of the audit
 * trail. A key that is one of these names gets an underscore. Thread-safe.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  private static final Set<String> OWN =
      Set.of("time", "level", "logger", "thread", "message", "error");

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder json = new StringBuilder(256).append('{');
    field(json, "time", event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
    field(json, "level", event.getLevel().toString());
    field(json, "logger", event.getLoggerName());
    field(json, "thread", event.getThreadName());
    field(json, "message", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        pair(json, pair.key, pair.value);
      }
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      field(json, "error", ThrowableProxyUtil.asString(thrown));
    }
    return json.append('}').append(System.lineSeparator()).toString();
  }

  private static void pair(StringBuilder json, String key, @Nullable Object value) {
    if (value instanceof LogFields more) {
      more.fields().forEach((name, field) -> pair(json, name, field));
    } else {
      field(json, OWN.contains(key) ? key + "_" : key, value);
    }
  }

  private static void field(StringBuilder json, String name, @Nullable Object value) {
    if (json.charAt(json.length() - 1) != '{') {
      json.append(',');
    }
    string(json, name);
    json.append(':');
    value(json, value);
  }

  private static void value(StringBuilder json, @Nullable Object value) {
    if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof Map<?, ?> fields) {
      json.append('{');
      fields.forEach((name, field) -> field(json, String.valueOf(name), field));
      json.append('}');
    } else if (value instanceof List<?> items) {
      json.append('[');
      for (int i = 0; i < items.size(); i++) {
        json.append(i == 0 ? "" : ",");
        value(json, items.get(i));
      }
      json.append(']');
    } else {
      string(json, String.valueOf(value));
    }
  }

  private static void string(StringBuilder json, String anyText) {
    String text = PasswordsInText.masked(anyText);
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
