package culvert.config.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host to go through.
 *
 * @param user empty: what the files say of the host, else the local user
 * @param port empty: what the files say of the host, else 22
 */
public record Jump(Optional<String> user, String host, Optional<Integer> port) {
  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]/]+))(?::([0-9]{1,5}))?");
  private static final String EXPECTED =
      "none, or [user@]host[:port] or ssh://[user@]host[:port], one or more with commas";

  /**
   * Reads the argument of ProxyJump; {@code none} is no jump.
   *
   * @return outermost first
   */
  static List<Jump> parse(String text) {
    if (text.equalsIgnoreCase("none")) {
      return List.of();
    }
    List<Jump> jumps = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      jumps.add(one(one));
    }
    return List.copyOf(jumps);
  }

  private static Jump one(String text) {
    boolean uri = text.regionMatches(true, 0, "ssh://", 0, "ssh://".length());
    String rest = uri ? text.substring("ssh://".length()).replaceFirst("/\\z", "") : text;
    int at = rest.lastIndexOf('@');
    String user = at < 0 ? "" : rest.substring(0, at);
    Matcher matcher = HOST_PORT.matcher(rest.substring(at + 1));
    if (at == 0 || !matcher.matches() || matcher.group().startsWith("-")) {
      throw new IllegalArgumentException(EXPECTED);
    }
    String name = Optional.ofNullable(matcher.group(1)).orElseGet(() -> matcher.group(2));
    Optional<Integer> port =
        Optional.ofNullable(matcher.group(3)).map(Numbers::port).map(Integer::valueOf);
    return new Jump(Optional.of(user).filter(it -> !it.isEmpty()), name, port);
  }
}
