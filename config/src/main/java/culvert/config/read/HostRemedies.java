package culvert.config.read;

import culvert.config.Cidr;
import culvert.config.Found;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody may have meant who wrote more than a host, or less, where a host is expected. */
final class HostRemedies {
  private static final Pattern SCHEME = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://(.*)");
  private static final Pattern WITH_PORT =
      Pattern.compile("(\\[[^\\]]*\\]|[^:\\[\\]]*):([0-9]{1,5}(?:-[0-9]{1,5})?)");
  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 253;

  private HostRemedies() {}

  /** Whole, as the message has it after what was found; empty: nothing of the kind is wrong. */
  static Optional<String> of(String text) {
    Matcher scheme = SCHEME.matcher(text);
    if (scheme.matches()) {
      return Optional.of("a host without a scheme" + write(scheme.group(1)));
    }
    if (text.indexOf('@') >= 0) {
      return Optional.of("a host without a user" + write(text));
    }
    if (text.chars().anyMatch(Character::isWhitespace)) {
      return Optional.of("no space; several hosts are a list: [a.example, b.example]");
    }
    if (text.indexOf(',') >= 0) {
      return Optional.of("no comma; several hosts are a list: [a.example, b.example]");
    }
    if (text.startsWith("!")) {
      return Optional.of(
          "no negation; a rule above this one, for "
              + shown(text.substring(1))
              + ", says the rest");
    }
    if (text.indexOf('/') > 0 && !isNetwork(text)) {
      return Optional.of("a host without a path" + write(text));
    }
    return withPort(text).or(() -> bracketed(text)).or(() -> ofLabels(text));
  }

  private static Optional<String> withPort(String text) {
    Matcher port = WITH_PORT.matcher(text);
    return port.matches() ? Optional.of("a host without a port" + write(text)) : Optional.empty();
  }

  private static Optional<String> bracketed(String text) {
    return text.startsWith("[") && text.endsWith("]") && text.indexOf(':') > 0
        ? Optional.of("an IPv6 address without brackets" + write(text))
        : Optional.empty();
  }

  /** What no name has. */
  private static Optional<String> ofLabels(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.isEmpty()) {
      return Optional.of("a host");
    }
    if (name.startsWith(".") && !name.substring(1).isEmpty() && !name.contains("..")) {
      String rest = shown(name.substring(1));
      return Optional.of(
          "no dot at the beginning; write *." + rest + ", and " + rest + " for that name itself");
    }
    if (name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
      return Optional.of("something between the dots");
    }
    String least = name.replace("*", "");
    for (String label : least.split("\\.", -1)) {
      if (label.codePointCount(0, label.length()) > MAX_LABEL) {
        return Optional.of("at most " + MAX_LABEL + " characters between dots");
      }
    }
    return least.codePointCount(0, least.length()) > MAX_NAME
        ? Optional.of("at most " + MAX_NAME + " characters")
        : Optional.empty();
  }

  /** The host in it, and the port where there is one. */
  private static String write(String text) {
    String host = text.substring(text.lastIndexOf('@') + 1).replaceFirst("[/?#].*", "");
    String port = "";
    Matcher matcher = WITH_PORT.matcher(host);
    if (matcher.matches()) {
      host = matcher.group(1);
      port = matcher.group(2);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    String beside = port.isEmpty() ? "" : "write port: " + port + " beside it";
    if (host.isEmpty() || host.equals("*")) {
      return beside.isEmpty() ? "" : "; " + beside;
    }
    return "; write " + shown(host) + (port.isEmpty() ? "" : ", and port: " + port + " beside it");
  }

  /** Without what may be a password before an at sign. */
  static String found(String text) {
    int at = text.lastIndexOf('@');
    return Found.shown(at < 0 ? text : "..." + text.substring(at));
  }

  private static String shown(String text) {
    return Found.shown(text);
  }

  static boolean isNetwork(String text) {
    try {
      return Cidr.parse(text).prefixLength() >= 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
