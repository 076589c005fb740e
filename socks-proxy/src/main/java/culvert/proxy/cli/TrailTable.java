package culvert.proxy.cli;

import culvert.proxy.audit.TrailLine;
import culvert.proxy.audit.TrailSums;
import culvert.ssh.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A trail for people: a line for each event, as {@code key=value}, and a table of the sums. */
final class TrailTable implements AuditCommand.TrailPrinter {
  private static final List<String> COLUMNS =
      List.of("jobs", "not ok", "files up", "files down", "bytes up", "bytes down");

  private final PrintStream out;
  private final boolean events;

  /**
   * @param events whether they are printed, or the sums alone
   */
  TrailTable(PrintStream out, boolean events) {
    this.out = out;
    this.events = events;
  }

  @Override
  public void line(TrailLine line) {
    if (!events || line.fields().isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append(line.text("time").orElse("-"))
        .append(' ')
        .append(line.text("event").orElse("-"))
        .append(line.text("route").map(route -> " " + route).orElse(""))
        .append(line.text("why").map(why -> " (" + why + ")").orElse(""));
    if (line.text("event").filter(event -> event.startsWith("hostkey.")).isPresent()) {
      add(text, "server", line.object("ssh").get("server"));
      add(text, "host-key", line.object("ssh").get("host_key"));
    }
    add(text, "pins", line.fields().get("pins"));
    add(text, "user", line.object("client").get("os_user"));
    add(text, "program", line.object("client").get("program"));
    add(text, "ftp-user", line.object("ftp").get("user"));
    add(text, "destination", line.object("destination").get("asked"));
    add(text, "rule", line.fields().get("rule"));
    add(text, "command", line.object("ftp").get("command"));
    add(text, "path", line.object("ftp").get("path"));
    pair(text, "files", line.object("files"));
    pair(text, "bytes", line.object("bytes"));
    add(text, "outcome", line.fields().get("outcome"));
    add(text, "detail", line.fields().get("detail"));
    add(text, "lost", line.fields().get("lost"));
    add(text, "job", line.fields().get("job"));
    out.println(text);
  }

  private static void pair(StringBuilder text, String name, Map<String, Object> pair) {
    if (!pair.isEmpty()) {
      add(text, name + "-up", pair.get("up"));
      add(text, name + "-down", pair.get("down"));
    }
  }

  private static void add(
      StringBuilder text, String name, @org.jspecify.annotations.Nullable Object value) {
    if (value != null) {
      String shown = Printable.text(String.valueOf(value));
      boolean plain = !shown.isEmpty() && shown.chars().noneMatch(c -> " =\"\\".indexOf(c) >= 0);
      text.append(' ').append(name).append('=').append(plain ? shown : quoted(shown));
    }
  }

  /** No name of a file is to look like the next field. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public void end(TrailSums sums) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(sums.names());
    head.addAll(COLUMNS);
    rows.add(head);
    for (TrailSums.Sum sum : sums.all()) {
      List<String> row = new ArrayList<>(sum.group().stream().map(Printable::text).toList());
      for (long number :
          List.of(
              sum.jobs(),
              sum.notOk(),
              sum.filesUp(),
              sum.filesDown(),
              sum.bytesUp(),
              sum.bytesDown())) {
        row.add(Long.toString(number));
      }
      rows.add(row);
    }
    if (events && rows.size() > 1) {
      out.println();
    }
    print(rows, sums.names().size());
  }

  private void print(List<List<String>> rows, int texts) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(1);
        String format = column < texts ? "%-" + Math.max(1, width) + "s  " : "%" + width + "s  ";
        line.append(String.format(Locale.ROOT, format, row.get(column)));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
