package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps packets of open sessions from going to their server when nft is killed and takes the table
 * with it that has redirected them, and sessions of clients on other hosts from going on to their
 * server without Culvert: what is of a socket here stays here, whatever rules have brought it, and
 * what is of one that has ended ends.
 *
 * <p>It is nobody's, and stays when Culvert ends, however that ends, for its clients may not have
 * heard of that yet. So that nobody takes it away while Culvert runs, the same rules are in a table
 * of Culvert's own, too.
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

  /**
   * Commands that may be carried out again and again; none, if there are no such sessions.
   *
   * @param staying whether it is to outlive Culvert, too
   */
  static List<String> commands(CaptureConfig config, boolean staying) {
    boolean forwarded = !config.forwarded().isEmpty();
    List<String> commands = new ArrayList<>();
    if (forwarded) {
      chains(commands, NftSession.OWN);
    }
    if (staying && (forwarded || isOpen(config))) {
      commands.add("add table " + TABLE);
      commands.addAll(TableCommands.addresses(TABLE));
    }
    if (staying && forwarded) {
      chains(commands, TABLE);
    }
    return commands;
  }

  /** With {@code closed} the other table outlives nft. */
  private static boolean isOpen(CaptureConfig config) {
    return config.onCrash() == OnCrash.OPEN;
  }

  private static void chains(List<String> commands, String table) {
    chain(commands, table, "forwarded", "prerouting priority -150", KEPT);
    chain(commands, table, "passing", "forward priority 0", ENDED);
  }

  private static void chain(
      List<String> commands, String table, String name, String hook, List<String> rules) {
    commands.addAll(TableCommands.chain(table, name, "filter hook " + hook));
    rules.forEach(rule -> commands.add("add rule " + table + " " + name + " " + rule));
  }

  /** Whether it is there, if there are such sessions. Blocks. */
  static boolean isLoaded(CaptureConfig config, CaptureHost host) throws IOException {
    return config.forwarded().isEmpty() || Nft.require(host).table(TABLE).isPresent();
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
