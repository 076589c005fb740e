package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps sessions of clients on other hosts from going on to their server without Culvert: what is
 * of a socket here stays here, whatever rules have brought it, and what is of one that has ended
 * ends.
 *
 * <p>It is nobody's, and stays when Culvert ends, however that ends, for its clients may not have
 * heard of that yet.
 */
final class SessionGuard {
  static final String TABLE = "inet culvert_sessions";

  private static final String MARKED = "ct mark " + ForwardedRules.MARK;

  /** What arrives of an open session, and what routers have to say about it, with a part of it. */
  static final List<String> KEPT =
      List.of(
          "meta l4proto tcp socket transparent 1" + ForwardedRules.KEPT,
          "ct state related " + MARKED + ForwardedRules.KEPT);

  private static final List<String> ENDED =
      List.of(MARKED + " meta l4proto tcp reject with tcp reset", MARKED + " drop");

  private SessionGuard() {}

  /** Commands that may be carried out again and again; none, if there are no such sessions. */
  static List<String> commands(CaptureConfig config) {
    List<String> commands = new ArrayList<>();
    if (!config.forwarded().isEmpty()) {
      commands.add("add table " + TABLE);
      chain(commands, "forwarded", "prerouting priority -150", KEPT);
      chain(commands, "passing", "forward priority 0", ENDED);
    }
    return commands;
  }

  private static void chain(List<String> commands, String name, String hook, List<String> rules) {
    commands.addAll(TableCommands.chain(TABLE, name, "filter hook " + hook));
    rules.forEach(rule -> commands.add("add rule " + TABLE + " " + name + " " + rule));
  }

  /**
   * Has packets with the mark stay on this host, where the configuration needs that. Blocks.
   *
   * @throws IOException with a message for the user
   */
  static void addRoutes(CaptureConfig config, CaptureHost host) throws IOException {
    for (IpFamily family : families(config)) {
      LocalRoute.require(host).add(family);
    }
  }

  /** Empty: they do; else what is different. Blocks. */
  static Optional<String> difference(CaptureConfig config, CaptureHost host) throws IOException {
    for (IpFamily family : families(config)) {
      Optional<String> difference = LocalRoute.require(host).difference(family);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private static List<IpFamily> families(CaptureConfig config) {
    return Stream.of(IpFamily.values())
        .filter(family -> family.isAmong(config.forwarded()))
        .toList();
  }
}
