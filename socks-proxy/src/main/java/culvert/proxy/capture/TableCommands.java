package culvert.proxy.capture;

import java.util.ArrayList;
import java.util.List;

/** Commands of nft(8) that may be carried out again and again, whatever is there. */
final class TableCommands {
  /** Behind the name of a table: nobody else changes or flushes it, and it goes with its nft. */
  static final String OWNED = " { flags owner; }";

  private TableCommands() {}

  /**
   * A chain without rules.
   *
   * @param table with its family
   * @param type with its hook and priority
   */
  static List<String> chain(String table, String name, String type) {
    String chain = table + " " + name;
    return List.of(
        "add chain " + chain + " { type " + type + "; policy accept; }", "flush chain " + chain);
  }

  /**
   * A chain that does nothing, and keeps the kernel's translation of addresses working: without any
   * chain of that type, packets of redirected connections go to where they are addressed.
   */
  static List<String> addresses(String table) {
    List<String> commands =
        new ArrayList<>(chain(table, "addresses", "nat hook output priority -99"));
    commands.add("add rule " + table + " addresses tcp dport 0 redirect to :1");
    return commands;
  }

  /** Takes the table away. */
  static List<String> removed(String table) {
    return List.of("add table " + table, "delete table " + table);
  }

  /** Takes one away that this nft owns. */
  static List<String> removedOwn(String table) {
    return List.of("add table " + table + OWNED, "delete table " + table);
  }
}
