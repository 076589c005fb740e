package culvert.config.read;

import culvert.config.Limits;
import culvert.config.yaml.YamlValue;
import java.time.Duration;
import java.util.List;

/** The section {@code limits}. */
final class LimitsReader {
  private static final Key<Integer> CONNECTIONS =
      Key.of("connections", ValueTypes.integer(1, 10_000_000), "10000");
  private static final Key<Integer> CONNECTIONS_PER_CLIENT =
      Key.of("connections-per-client", ValueTypes.integer(0, 10_000_000), "0");
  static final Key<Integer> BEFORE_LOGIN =
      Key.optional("before-login", ValueTypes.integer(1, 10_000_000));
  private static final Key<Duration> HANDSHAKE_TIMEOUT =
      Key.of("handshake-timeout", Quantities.positiveDuration(), "10s");
  private static final Key<Long> CHANNEL_WINDOW =
      Key.of("channel-window", Quantities.size("32KiB", "1GiB"), "32MiB");
  private static final Key<Long> BUFFERED =
      Key.of("buffered", Quantities.size("1MiB", "1TiB"), "256MiB");

  static final List<Key<?>> KEYS =
      List.of(
          CONNECTIONS,
          CONNECTIONS_PER_CLIENT,
          BEFORE_LOGIN,
          HANDSHAKE_TIMEOUT,
          CHANNEL_WINDOW,
          BUFFERED);

  private LimitsReader() {}

  static Limits read(YamlValue value, Reading reading) {
    Section section = Section.of("limits", value, KEYS, reading);
    int connections = section.get(CONNECTIONS);
    return new Limits(
        connections,
        section.get(CONNECTIONS_PER_CLIENT),
        section.optional(BEFORE_LOGIN).orElse((connections + 1) / 2),
        section.get(HANDSHAKE_TIMEOUT),
        section.get(CHANNEL_WINDOW),
        section.get(BUFFERED));
  }
}
