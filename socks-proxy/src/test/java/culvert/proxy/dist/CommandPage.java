package culvert.proxy.dist;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of one command, out of what {@code --help} prints. */
final class CommandPage {
  private final CommandSpec command;

  CommandPage(CommandSpec command) {
    this.command = command;
  }

  /** As man(1) calls it: {@code culvert-audit-verify}. */
  String name() {
    return command.qualifiedName("-");
  }

  String render(String date, String version) {
    Roff page = new Roff(name(), 1, date, version);
    String description = text(command.usageMessage().description());
    page.name(name(), summary());
    page.section("SYNOPSIS").text(synopsis());
    page.section("DESCRIPTION").text(description);
    arguments(page);
    commands(page);
    examples(page);
    page.section("EXIT STATUS")
        .entry("0", "Done.")
        .entry("1", "Failed.")
        .entry("2", "Wrong usage or configuration.");
    page.section("ENVIRONMENT")
        .entry("CULVERT_CONFIG", "The configuration, where no option names one.")
        .entry(
            "XDG_CONFIG_HOME, XDG_STATE_HOME",
            "Where configuration and state are, in place of ~/.config and ~/.local/state.")
        .entry("CULVERT_JAVA_OPTS", "Options for the Java virtual machine, as words.")
        .entry("JAVA_HOME", "The Java to run with, 17 or newer; else the one on PATH.");
    page.section("SEE ALSO").text(seeAlso());
    return page.toString();
  }

  /** The first sentence, without its full stop. */
  String summary() {
    String[] header = command.usageMessage().header();
    String text = text(header.length > 0 ? header : command.usageMessage().description());
    int end = text.indexOf(". ");
    String first = end < 0 ? text : text.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private String synopsis() {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName(" ")));
    for (OptionSpec option : options()) {
      String shown = option.longestName() + parameter(option);
      words.add("[" + shown + "]" + (option.isMultiValue() ? "..." : ""));
    }
    for (PositionalParamSpec positional : positionals()) {
      words.add(operand(positional));
    }
    if (!subcommands().isEmpty()) {
      words.add("[COMMAND ...]");
    }
    return String.join(" ", words);
  }

  private void arguments(Roff page) {
    if (!positionals().isEmpty()) {
      page.section("OPERANDS");
      for (PositionalParamSpec positional : positionals()) {
        page.entry(operand(positional), text(positional.description()));
      }
    }
    page.section("OPTIONS");
    for (OptionSpec option : options()) {
      String names =
          Stream.of(option.names())
              .sorted(Comparator.comparingInt(String::length))
              .collect(Collectors.joining(", "));
      page.entry(names + parameter(option), text(option.description()));
    }
  }

  private void commands(Roff page) {
    if (subcommands().isEmpty()) {
      return;
    }
    page.section("COMMANDS");
    for (CommandSpec subcommand : subcommands()) {
      page.entry(subcommand.name(), new CommandPage(subcommand).summary() + ".");
    }
  }

  private void examples(Roff page) {
    List<String> lines =
        Stream.of(command.usageMessage().footer())
            .map(CommandPage::plain)
            .takeWhile(line -> !line.startsWith("Exit codes"))
            .map(line -> line.replaceFirst("^(Example:|        ) ", ""))
            .filter(line -> !line.isBlank())
            .toList();
    if (!lines.isEmpty()) {
      page.section("EXAMPLES").verbatim(lines);
    }
  }

  private String seeAlso() {
    List<String> pages = new ArrayList<>();
    if (command.parent() == null) {
      subcommands().forEach(each -> pages.add(each.qualifiedName("-") + "(1)"));
    } else {
      pages.add(command.parent().qualifiedName("-") + "(1)");
      subcommands().forEach(each -> pages.add(each.qualifiedName("-") + "(1)"));
    }
    pages.add("culvert.yaml(5)");
    return String.join(", ", pages);
  }

  List<CommandSpec> subcommands() {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(each -> !each.usageMessage().hidden())
        .distinct()
        .toList();
  }

  private List<OptionSpec> options() {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparing(option -> option.longestName().replaceFirst("^-+", "")))
        .toList();
  }

  private List<PositionalParamSpec> positionals() {
    return command.positionalParameters().stream().filter(each -> !each.hidden()).toList();
  }

  private static String operand(PositionalParamSpec positional) {
    String many = positional.isMultiValue() ? "..." : "";
    return positional.required()
        ? positional.paramLabel() + many
        : "[" + positional.paramLabel() + many + "]";
  }

  private static String parameter(OptionSpec option) {
    return takesValue(option) ? "=" + option.paramLabel() : "";
  }

  /** Whether something stands behind the option. */
  static boolean takesValue(ArgSpec option) {
    return option.arity().max() > 0;
  }

  /** Lines of a description as one text. */
  static String text(String[] lines) {
    return Stream.of(lines)
        .map(CommandPage::plain)
        .collect(Collectors.joining(" "))
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String plain(String line) {
    return Ansi.OFF.string(line.replace("%%", "%").replace("%n", " "));
  }
}
