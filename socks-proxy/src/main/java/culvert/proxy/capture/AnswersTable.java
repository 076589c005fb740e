package culvert.proxy.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code inet culvert_answers}, as commands for nft(8): what clients answer to
 * connections that Culvert has made by another host's address stays on this host, by {@link
 * LocalRoute}. Connections are told by both their ends, and not by what conntrack thinks of their
 * direction.
 *
 * <p>It is nobody's, and none but the running Culvert needs it: so that it outlives nft, the table
 * of who is captured, and a Culvert that is killed, whose clients may not have heard of that. The
 * same is in a table that nft owns, which nobody takes away who flushes all rules.
 *
 * <pre>
 *   untracked   raw: no NAT changes their ports
 *   answers     route: the mark of LocalRoute
 *   kept        postrouting: what would leave this host nevertheless is dropped
 * </pre>
 */
final class AnswersTable {
  static final String TABLE = "inet culvert_answers";

  static final String OWN = "inet culvert_answers_own";

  static final List<String> SETS = List.of("borrowed4", "borrowed6");

  private AnswersTable() {}

  /** Makes both, if they are not there, and leaves alone what their sets hold. */
  static List<String> made() {
    List<String> commands = new ArrayList<>(made(OWN, TableCommands.OWNED));
    commands.addAll(made(TABLE, ""));
    return commands;
  }

  private static List<String> made(String table, String flags) {
    List<String> commands = new ArrayList<>(List.of("add table " + table + flags));
    for (IpFamily family : IpFamily.values()) {
      String end = family.type + " . inet_service";
      String type = " { type " + end + " . " + end + "; flags timeout; }";
      commands.add("add set " + table + " borrowed" + family.digit + type);
    }
    commands.addAll(TableCommands.chain(table, "untracked", "filter hook output priority -300"));
    commands.addAll(TableCommands.chain(table, "answers", "route hook output priority -150"));
    commands.addAll(TableCommands.chain(table, "kept", "filter hook postrouting priority 0"));
    for (IpFamily family : IpFamily.values()) {
      rules(commands, table, family);
    }
    return commands;
  }

  private static void rules(List<String> commands, String table, IpFamily family) {
    String rule = "add rule " + table + " ";
    String source = family.header + " saddr . tcp sport";
    String destination = family.header + " daddr . tcp dport";
    String in = " @borrowed" + family.digit;
    String answer = destination + " . " + source + in;
    commands.add(rule + "untracked " + source + " . " + destination + in + " notrack");
    commands.add(rule + "untracked " + answer + " notrack");
    commands.add(
        rule + "answers " + answer + " meta mark set 0x" + Integer.toHexString(LocalRoute.MARK));
    commands.add(rule + "kept " + answer + " oifname != \"lo\" drop");
  }
}
