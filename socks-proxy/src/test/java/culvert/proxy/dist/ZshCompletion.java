package culvert.proxy.dist;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for zsh: a function for each command, made of {@code _arguments}. */
final class ZshCompletion {
  private final CommandSpec root;

  ZshCompletion(CommandSpec root) {
    this.root = root;
  }

  String render() {
    StringBuilder script = new StringBuilder("#compdef culvert\n");
    functions(root, script);
    return script.append("\n_culvert \"$@\"\n").toString();
  }

  private static void functions(CommandSpec command, StringBuilder script) {
    List<CommandSpec> subcommands = new CommandPage(command).subcommands();
    script.append('\n').append(function(command)).append("() {\n");
    if (subcommands.isEmpty()) {
      script.append("  _arguments -s").append(options(command)).append(operands(command));
    } else {
      script
          .append("  local curcontext=$curcontext state line\n  local -a commands\n  commands=(\n")
          .append(subcommands.stream().map(ZshCompletion::described).collect(Collectors.joining()))
          .append("  )\n  _arguments -C -s")
          .append(options(command))
          .append(" \\\n    '1: :->command' '*:: :->argument'\n")
          .append("  case $state in\n    command)\n      _describe command commands\n")
          .append(command.positionalParameters().isEmpty() ? "" : "      _files\n")
          .append("      ;;\n    argument)\n      case $words[1] in\n");
      for (CommandSpec subcommand : subcommands) {
        script.append("        %s) %s ;;\n".formatted(subcommand.name(), function(subcommand)));
      }
      script.append("      esac\n      ;;\n  esac");
    }
    script.append("\n}\n");
    subcommands.forEach(subcommand -> functions(subcommand, script));
  }

  private static String function(CommandSpec command) {
    return "_" + command.qualifiedName("_");
  }

  private static String described(CommandSpec command) {
    String summary = new CommandPage(command).summary();
    return "    '" + command.name() + ":" + quoted(summary) + "'\n";
  }

  private static String options(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .flatMap(ZshCompletion::option)
        .map(option -> " \\\n    '" + option + "'")
        .collect(Collectors.joining());
  }

  private static Stream<String> option(OptionSpec option) {
    String description = quoted(CommandPage.text(option.description()));
    boolean value = CommandPage.takesValue(option);
    String repeat = option.isMultiValue() ? "*" : "";
    return Stream.of(option.names())
        .map(
            name ->
                repeat
                    + name
                    + (value ? name.startsWith("--") ? "=" : "+" : "")
                    + "["
                    + description
                    + "]"
                    + (value ? ":" + quoted(option.paramLabel()) + ":" + values(option) : ""));
  }

  private static String operands(CommandSpec command) {
    return command.positionalParameters().stream()
        .filter(operand -> !operand.hidden())
        .map(
            operand ->
                " \\\n    '%s:%s:%s'"
                    .formatted(
                        operand.isMultiValue() ? "*" : operand.index().min() + 1,
                        quoted(operand.paramLabel()),
                        values(operand)))
        .collect(Collectors.joining());
  }

  private static String values(ArgSpec argument) {
    Class<?> type = argument.isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
    if (type.isEnum()) {
      return "("
          + Stream.of(type.getEnumConstants()).map(String::valueOf).collect(Collectors.joining(" "))
          + ")";
    }
    return java.nio.file.Path.class.isAssignableFrom(type) ? "_files" : " ";
  }

  /** For a description in single quotes. */
  private static String quoted(String text) {
    return text.replaceAll("([\\[\\]:\\\\])", "\\\\$1").replace("'", "'\\''");
  }
}
