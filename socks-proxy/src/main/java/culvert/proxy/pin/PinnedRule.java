package culvert.proxy.pin;

import culvert.config.Endpoint;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whatever clients ask for under a rule whose tunnels all lead to one target.
 *
 * @param rule its name
 */
public record PinnedRule(String rule, Endpoint target) implements Pinned {
  static final String PREFIX = "rule=";
  private static final Pattern FORM = Pattern.compile(PREFIX + "([^,\\s]+),target=(\\S+)");

  static Set<PinnedRule> of(Set<FixedTarget> rules) {
    return rules.stream().map(PinnedRule::of).collect(Collectors.toSet());
  }

  static PinnedRule of(FixedTarget fixed) {
    return new PinnedRule(fixed.rule(), new Endpoint(fixed.target().host(), fixed.target().port()));
  }

  /**
   * Reads {@code rule=NAME,target=HOST:PORT}, the name in URL encoding.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  static PinnedRule parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          text + " (expected: rule=NAME,target=HOST:PORT, the name in URL encoding)");
    }
    return new PinnedRule(
        URLDecoder.decode(form.group(1), StandardCharsets.UTF_8), Endpoint.parse(form.group(2), 0));
  }

  @Override
  public String argument() {
    return toString();
  }

  @Override
  public String toString() {
    return PREFIX + URLEncoder.encode(rule, StandardCharsets.UTF_8) + ",target=" + target;
  }
}
