package culvert.config.read;

import culvert.config.Cidr;
import culvert.config.HostPattern;
import culvert.config.Match;
import culvert.config.PortRange;
import java.util.List;

/** The key {@code match} of a rule. */
final class MatchReader {
  private static final ValueType<List<Cidr>> NETWORKS =
      ValueTypes.someOf("network", ValueTypes.scalar("an address or CIDR", Cidr::parse));

  private static final Key<List<HostPattern>> HOST =
      Key.optional("host", ValueTypes.someOf("pattern", HostPatterns.TYPE));
  private static final Key<List<Cidr>> NETWORK = Key.optional("network", NETWORKS);
  private static final Key<List<PortRange>> PORT =
      Key.optional("port", ValueTypes.someOf("port", Endpoints.PORTS));
  private static final Key<List<Cidr>> CLIENT = Key.optional("client", NETWORKS);
  static final Key<List<String>> LISTENER =
      Key.optional("listener", ValueTypes.someOf("listener", ValueTypes.NAME));
  private static final Key<List<String>> APPLICATION =
      Key.optional(
          "application",
          ValueTypes.someOf(
              "program", ValueTypes.scalar("a program's name", MatchReader::program)));
  private static final Key<List<String>> OS_USER =
      Key.optional("os-user", ValueTypes.someOf("user", ValueTypes.NAME));

  static final List<Key<?>> KEYS =
      List.of(HOST, NETWORK, PORT, CLIENT, LISTENER, APPLICATION, OS_USER);

  private MatchReader() {}

  /** Reads the conditions. A key with nothing behind it would match everything: it is refused. */
  static Match read(Section section, Reading reading) {
    for (Key<?> key : KEYS) {
      section
          .nothing(key)
          .ifPresent(
              location ->
                  reading.error(location, key.name() + ": nothing (expected: at least one value)"));
    }
    return new Match(
        section.optional(HOST).orElse(List.of()),
        section.optional(NETWORK).orElse(List.of()),
        section.optional(PORT).orElse(List.of()),
        section.optional(CLIENT).orElse(List.of()),
        section.optional(LISTENER).orElse(List.of()),
        section.optional(APPLICATION).orElse(List.of()),
        section.optional(OS_USER).orElse(List.of()));
  }

  private static String program(String text) {
    if (text.indexOf('/') >= 0) {
      throw ValueTypes.expected(text, "a program's name without its directory, such as curl");
    }
    return ValueTypes.name(text);
  }
}
