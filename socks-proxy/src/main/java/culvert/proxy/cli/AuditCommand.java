package culvert.proxy.cli;

import culvert.proxy.audit.AuditJson;
import culvert.proxy.audit.TrailFilter;
import culvert.proxy.audit.TrailLine;
import culvert.proxy.audit.TrailReader;
import culvert.proxy.audit.TrailSums;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert audit}. */
@Command(
    name = "audit",
    description = {
      "Lists what the audit trail holds, and adds the jobs up by route.",
      "A job counts when it has ended; what its transfers moved is in its sums."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert audit --route plaintext --since 7d --by user,program|@"})
final class AuditCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final TrailOption trail;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "From then on: 2026-11-30, 2026-11-30T08:00:00Z, or so long ago: 90m, 24h, 7d.")
  private @Nullable Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Until then.")
  private @Nullable Instant until;

  /** A route that can be asked for. */
  enum RouteWord {
    ssh,
    plaintext,
    refused
  }

  @Option(
      names = "--route",
      paramLabel = "ROUTE",
      description = "Only what went this way: ${COMPLETION-CANDIDATES}.")
  private @Nullable RouteWord route;

  /** What jobs can be grouped by. */
  enum By {
    user(TrailSums.Key.USER),
    program(TrailSums.Key.PROGRAM),
    destination(TrailSums.Key.DESTINATION);

    private final TrailSums.Key key;

    By(TrailSums.Key key) {
      this.key = key;
    }
  }

  @Option(
      names = "--by",
      paramLabel = "KEY",
      split = ",",
      description = "Only sums, for each of: ${COMPLETION-CANDIDATES}; several with commas.")
  private List<By> by = List.of();

  @Option(names = "--json", description = "One array: of the events, or with --by of the sums.")
  private boolean json;

  AuditCommand(Terminal terminal) {
    this.terminal = terminal;
    trail = new TrailOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    return trail.use(this::list);
  }

  private int list(TrailReader files) throws IOException {
    TrailFilter filter = new TrailFilter(since, until, route == null ? null : route.name());
    TrailSums sums = new TrailSums(by.stream().map(group -> group.key).toList());
    TrailPrinter printer = printer();
    files.read(
        line -> {
          if (filter.test(line)) {
            sums.add(line);
            printer.line(line);
          }
        });
    printer.end(sums);
    return ExitCode.OK;
  }

  private TrailPrinter printer() {
    PrintStream out = terminal.out();
    if (json) {
      return by.isEmpty() ? new JsonEvents(out) : new JsonSums(out);
    }
    return new TrailTable(out, by.isEmpty());
  }

  /** Prints a trail. */
  interface TrailPrinter {
    void line(TrailLine line);

    void end(TrailSums sums);
  }

  /** The events as they are, in one array. */
  private static final class JsonEvents implements TrailPrinter {
    private final PrintStream out;
    private boolean any;

    JsonEvents(PrintStream out) {
      this.out = out;
    }

    @Override
    public void line(TrailLine line) {
      if (!line.fields().isEmpty()) {
        out.println(any ? "," : "[");
        out.print(new String(line.octets(), StandardCharsets.UTF_8));
        any = true;
      }
    }

    @Override
    public void end(TrailSums sums) {
      out.println(any ? "\n]" : "[]");
    }
  }

  /** The sums, in one array. */
  private record JsonSums(PrintStream out) implements TrailPrinter {
    @Override
    public void line(TrailLine line) {}

    @Override
    public void end(TrailSums sums) {
      List<String> objects =
          sums.all().stream()
              .map(sum -> new String(AuditJson.encode(sums.object(sum)), StandardCharsets.UTF_8))
              .toList();
      out.println("[" + String.join(",\n", objects) + "]");
    }
  }
}
