package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.audit.PinNotes;
import culvert.proxy.pin.PinFile;
import culvert.proxy.pin.PinList;
import culvert.proxy.pin.Pinned;
import culvert.proxy.pin.PinnedDestination;
import culvert.proxy.state.StateDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code culvert unpin}. A proxy that runs needs not be told: it reads the file when it matters.
 */
@Command(
    name = "unpin",
    description = {
      "Forgets that destinations were once tunnelled.",
      "They may be connected in plaintext again where a rule allows it. Holds at once,",
      "without a reload."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: @|bold culvert unpin ftp.example.com 192.0.2.7:2121|@"})
final class UnpinCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ConfigOption configOption;

  @Parameters(
      paramLabel = "HOST[:PORT]",
      arity = "1..*",
      converter = Converter.class,
      description = {
        "As culvert pins lists them; port 21 if it is left out.",
        "A rule is rule=NAME,target=HOST:PORT."
      })
  private List<Pinned> destinations = List.of();

  /** Reads a destination. */
  static final class Converter implements ITypeConverter<Pinned> {
    @Override
    public Pinned convert(String text) {
      try {
        return Pinned.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  UnpinCommand(Terminal terminal) {
    this.terminal = terminal;
    configOption = new ConfigOption(terminal);
  }

  @Override
  public Integer call() throws IOException {
    return configOption.use(this::unpin);
  }

  private int unpin(CulvertConfig config) throws IOException {
    StateDirectory directory = new StateDirectory(config.stateDirectory());
    PinFile file = new PinFile(directory);
    configOption.sayWhich(file.path());
    if (!file.exists()) {
      terminal.err().println("culvert: nothing is pinned: no " + directory.path());
      return ExitCode.SOFTWARE;
    }
    PinList before = remove(file, new PinNotes(config.audit(), config.hash()));
    boolean all = true;
    for (Pinned destination : destinations) {
      if (before.contains(destination)) {
        terminal.out().println("unpinned " + destination);
      } else {
        terminal
            .err()
            .println("culvert: " + destination + " is not pinned" + others(before, destination));
        all = false;
      }
    }
    before.problems().forEach(problem -> terminal.err().println("culvert: " + problem));
    return all ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Not before the audit trail says so: rather a word too much than a pin that is gone unseen. */
  private PinList remove(PinFile file, PinNotes notes) throws IOException {
    List<String> told = new ArrayList<>();
    try {
      return file.remove(
          destinations,
          going -> {
            List<String> pins = going.stream().map(Pinned::toString).toList();
            notes.unpinned(pins);
            told.addAll(pins);
          });
    } catch (IOException e) {
      if (!told.isEmpty()) {
        takeBack(told, notes, e);
      }
      throw e;
    }
  }

  private static void takeBack(List<String> told, PinNotes notes, IOException because) {
    try {
      notes.pinned(told);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Most often it is the port that was forgotten. */
  private static String others(PinList pins, Pinned unpinned) {
    List<PinnedDestination> ofHost =
        unpinned instanceof PinnedDestination destination
            ? pins.ofHost(destination.host())
            : List.of();
    return ofHost.stream()
        .map(PinnedDestination::toString)
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "),
                found -> found.isEmpty() ? "" : " (pinned: " + found + ")"));
  }
}
