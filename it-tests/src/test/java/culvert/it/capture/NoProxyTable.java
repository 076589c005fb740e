package culvert.it.capture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * The outcomes of clients that know no proxy, as a table of Markdown: what every server has shown.
 */
final class NoProxyTable {
  private static final String HEAD =
      """

      ## No proxy setting

      Written by `CaptureMatrixIT` in the nightly profile: the same clients without a word of a proxy, on a host of their own, as
      plain users, captured by their user or by their cgroup, under `culvert exec`, or by a gateway. Each uploads, downloads, lists and aborts with
      vsftpd, proftpd and pure-ftpd, over IPv4 and IPv6, and nothing but SSH is on the wire; with sshd down and `fallback: plain` each
      does the same in plaintext.

      """;

  private final Map<Row, Map<CaptureWay, Cell>> rows = new LinkedHashMap<>();
  private final Set<String> facts = new LinkedHashSet<>();

  private record Row(String client, String mode) {}

  private static final class Cell {
    final Set<String> passed = new LinkedHashSet<>();
    final Set<String> facts = new LinkedHashSet<>();
    boolean failed;
  }

  void add(CaptureWay way, NoProxyOutcome outcome) {
    Cell cell =
        rows.computeIfAbsent(
                new Row(outcome.client(), outcome.mode()), row -> new LinkedHashMap<>())
            .computeIfAbsent(way, one -> new Cell());
    if (outcome.isImpossible()) {
      cell.facts.add(outcome.text());
      facts.add(outcome.text());
    } else if (outcome.isFailure()) {
      cell.failed = true;
    } else {
      cell.passed.add(outcome.task());
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  String markdown() {
    StringBuilder page = new StringBuilder(HEAD).append("| client | mode |");
    for (CaptureWay way : CaptureWay.values()) {
      page.append(' ').append(way.shown()).append(" |");
    }
    page.append("\n|---|---|").append("---|".repeat(CaptureWay.values().length)).append('\n');
    rows.forEach(
        (row, cells) -> {
          page.append("| ").append(row.client()).append(" | ").append(row.mode()).append(" |");
          for (CaptureWay way : CaptureWay.values()) {
            page.append(' ').append(shown(cells.get(way))).append(" |");
          }
          page.append('\n');
        });
    page.append("\nBut for what cannot work:\n\n");
    List<String> numbered = new ArrayList<>(facts);
    for (int i = 0; i < numbered.size(); i++) {
      page.append((char) ('a' + i)).append(") ").append(numbered.get(i)).append(".\n");
    }
    return page.toString();
  }

  private String shown(Cell cell) {
    if (cell == null) {
      return "-";
    }
    if (cell.failed) {
      return "FAILS";
    }
    StringJoiner but = new StringJoiner(", ");
    List<String> numbered = new ArrayList<>(facts);
    Set<Integer> numbers = new TreeSet<>();
    cell.facts.forEach(fact -> numbers.add(numbered.indexOf(fact)));
    numbers.forEach(number -> but.add(String.valueOf((char) ('a' + number))));
    if (cell.passed.isEmpty()) {
      return "cannot work, because of " + but;
    }
    return numbers.isEmpty() ? "pass" : "pass, but for " + but;
  }
}
