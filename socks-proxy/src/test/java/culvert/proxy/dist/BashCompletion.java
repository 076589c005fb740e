package culvert.proxy.dist;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for bash, as picocli writes it. */
final class BashCompletion {
  private BashCompletion() {}

  /**
   * The script, to be read and not run.
   *
   * @param commands are changed, and of no use for anything else
   */
  static String render(CommandLine commands) {
    plainFlags(commands.getCommandSpec());
    return AutoComplete.bash(commands.getCommandName(), commands).replaceFirst("^#!.*\n", "");
  }

  /** Of a flag that may be repeated picocli believes that a value follows it. */
  private static void plainFlags(CommandSpec command) {
    for (OptionSpec option : List.copyOf(command.options())) {
      if (option.isMultiValue() && !CommandPage.takesValue(option)) {
        command.remove(option);
        command.addOption(OptionSpec.builder(option.names()).type(boolean.class).build());
      }
    }
    command.subcommands().values().forEach(each -> plainFlags(each.getCommandSpec()));
  }
}
