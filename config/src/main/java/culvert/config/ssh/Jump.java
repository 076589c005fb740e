package culvert.config.ssh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host to go through.
 *
 * @param user empty: what the files say of the host, else the local user
 * @param userIsPending whether the user depends on who logs in behind the hop, and nobody knows
 *     that yet
 * @param port empty: what the files say of the host, else 22
 */
public record Jump(
    Optional<String> user, boolean userIsPending, String host, Optional<Integer> port) {
  /** As for {@code ssh} and its ProxyCommand, which a ProxyJump becomes there. */
  static final String TOKENS = "hknpr";

  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]/]+))(?::([0-9]{1,5}))?");
  private static final Pattern PART_OF_A_HOST = Pattern.compile("[\\p{L}\\p{M}\\p{N}._:-]+");
  private static final Pattern PART_OF_A_USER = Pattern.compile("\\P{Cntrl}+");
  private static final String EXPECTED =
      "none, or [user@]host[:port] or ssh://[user@]host[:port], one or more with commas";

  /**
   * Reads the argument of ProxyJump; {@code none} is no jump.
   *
   * @return outermost first, tokens as written
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
    return new Jump(Optional.of(user).filter(it -> !it.isEmpty()), false, name, port);
  }

  /** The first token that is none, in the user or in the host. */
  Optional<String> unknownToken() {
    return user.flatMap(text -> Tokens.problem(text, TOKENS))
        .or(() -> Tokens.problem(host, TOKENS));
  }

  /**
   * The same for one destination. Where a token has no value, or one that is no part of a name,
   * since whoever connects may choose it, all stays as it is written: no host is called like that,
   * while a hop that was left out would be bypassed.
   */
  Jump expanded(Map<Character, String> tokens) {
    boolean pending = !tokens.containsKey('r') && user.filter(Jump::namesUser).isPresent();
    return new Jump(
        user.map(text -> expand(text, tokens, PART_OF_A_USER)),
        pending,
        expand(host, tokens, PART_OF_A_HOST),
        port);
  }

  private static boolean namesUser(String text) {
    return Tokens.problem(text, TOKENS.replace("r", "")).filter("%r"::equals).isPresent();
  }

  private static String expand(String text, Map<Character, String> tokens, Pattern part) {
    Map<Character, String> fit = new HashMap<>(tokens);
    fit.values().removeIf(value -> !part.matcher(value).matches());
    return Tokens.expand(text, fit, Map.of()).orElse(text);
  }
}
