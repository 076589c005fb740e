package culvert.proxy.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has packets with {@link #MARK} stay on this host, whatever their destination: by a rule of the
 * routing policy, and a table of routes with nothing else in it. Under these numbers they are
 * Culvert's own; what somebody else has there is left alone, and told. Blocks; thread-safe.
 */
public final class LocalRoute {
  /** What rules of nft(8) give to such packets. */
  public static final int MARK = 0xc1;

  static final int TABLE = 0xc1c1c1;

  /** Before any rule of others that takes all packets. */
  static final int PREFERENCE = 193;

  private static final String SELECTOR = "fwmark 0x" + Integer.toHexString(MARK);
  private static final String RULE = PREFERENCE + ": from all " + SELECTOR + " lookup " + TABLE;
  private static final String ROUTE = "local default dev lo";
  private static final long EVERY_BIT = 0xffff_ffffL;

  private static final Pattern MARKED =
      Pattern.compile("(\\d+):.* fwmark (0x[0-9a-f]+|0)(?:/(0x[0-9a-f]+|0))?( .*|$)");

  private final HostProgram ip;

  /**
   * @param ip the program ip(8)
   */
  public LocalRoute(Path ip) {
    this(new HostProgram(ip));
  }

  private LocalRoute(HostProgram ip) {
    this.ip = ip;
  }

  /**
   * The host's.
   *
   * @throws IOException which says that there is none
   */
  static LocalRoute require(CaptureHost host) throws IOException {
    return host.localRoute().orElseThrow(() -> new IOException("capture: " + CaptureChecks.NO_IP));
  }

  /** By the program of this host; empty: it is not installed. */
  public static Optional<LocalRoute> find() {
    return HostProgram.find("ip").map(LocalRoute::new);
  }

  /** What there is of it in one family. */
  record State(boolean rule, boolean route, Optional<String> taken) {
    /**
     * Reads it.
     *
     * @param rules as {@code ip rule} prints them
     * @param routes of the table, as {@code ip route} prints them
     */
    static State of(String rules, String routes) {
      boolean rule = false;
      boolean route = false;
      Optional<String> taken = Optional.empty();
      for (String line : lines(rules)) {
        if (line.equals(RULE)) {
          rule = true;
        } else if (line.endsWith(" lookup " + TABLE) || takesOurs(line)) {
          taken = Optional.of("ip rule: " + line);
        }
      }
      for (String line : lines(routes)) {
        if (line.startsWith(ROUTE)) {
          route = true;
        } else {
          taken = Optional.of("ip route, table " + TABLE + ": " + line);
        }
      }
      return new State(rule, route, taken);
    }

    private static List<String> lines(String text) {
      return text.lines()
          .map(line -> line.replaceAll("\\s+", " ").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    }

    /** Behind ours one with a mask may match what it likes. */
    private static boolean takesOurs(String rule) {
      Matcher marked = MARKED.matcher(rule);
      if (!marked.matches()) {
        return false;
      }
      long mask = marked.group(3) == null ? EVERY_BIT : Long.decode(marked.group(3));
      boolean before = Long.parseLong(marked.group(1)) <= PREFERENCE;
      return (before || mask == EVERY_BIT) && Long.decode(marked.group(2)) == (MARK & mask);
    }
  }

  /**
   * Sets it up for a family, if it is not.
   *
   * @throws IOException it could not be, or its numbers are somebody else's; with a message for the
   *     user
   */
  void add(IpFamily family) throws IOException {
    State state = state(family);
    throwIfTaken(state);
    if (!state.route()) {
      change(family, "route", "replace " + ROUTE + " table " + TABLE);
    }
    if (!state.rule()) { // behind the route: nothing marked goes another way meanwhile
      change(family, "rule", "add " + what());
    }
    Optional<String> difference = difference(family);
    if (difference.isPresent()) {
      throw new IOException("ip: has taken it, but " + difference.get());
    }
  }

  /** Takes it away for a family, if it is there; what is somebody else's stays. */
  void remove(IpFamily family) throws IOException {
    State state = state(family);
    if (state.rule()) {
      change(family, "rule", "del " + what());
    }
    if (state.route()) {
      change(family, "route", "del " + ROUTE + " table " + TABLE);
    }
  }

  /** Empty: it is set up for that family; else what is different. */
  Optional<String> difference(IpFamily family) throws IOException {
    State state = state(family);
    return state.taken().isPresent()
        ? state.taken().map(LocalRoute::taken)
        : state.rule() && state.route()
            ? Optional.empty()
            : Optional.of(
                "packets with mark 0x"
                    + Integer.toHexString(MARK)
                    + " do not stay on this host (ip -"
                    + family.digit
                    + " rule, table "
                    + TABLE
                    + ")");
  }

  private static void throwIfTaken(State state) throws IOException {
    if (state.taken().isPresent()) {
      throw new IOException(taken(state.taken().get()));
    }
  }

  private static String taken(String by) {
    return "mark 0x"
        + Integer.toHexString(MARK)
        + " or table "
        + TABLE
        + " of routes is somebody else's already: "
        + by;
  }

  private static String what() {
    return "pref " + PREFERENCE + " " + SELECTOR + " lookup " + TABLE;
  }

  private State state(IpFamily family) throws IOException {
    HostProgram.Ended routes = ask(family, "route show table " + TABLE);
    if (routes.status() != 0 && !routes.output().contains("does not exist")) {
      throw failure(routes);
    }
    HostProgram.Ended rules = ask(family, "rule show");
    if (rules.status() != 0) {
      throw failure(rules);
    }
    return State.of(rules.output(), routes.status() == 0 ? routes.output() : "");
  }

  private void change(IpFamily family, String object, String words) throws IOException {
    HostProgram.Ended done = ask(family, object + " " + words);
    if (done.status() != 0) {
      throw failure(done);
    }
  }

  private HostProgram.Ended ask(IpFamily family, String words) throws IOException {
    return ip.run("", ("-" + family.digit + " " + words).split(" ", -1));
  }

  private static IOException failure(HostProgram.Ended ended) {
    return new IOException(
        "ip: "
            + ended.output().lines().findFirst().orElse("failed without a word").strip()
            + (ended.output().contains("not permitted") ? " (expected: CAP_NET_ADMIN)" : ""));
  }
}
