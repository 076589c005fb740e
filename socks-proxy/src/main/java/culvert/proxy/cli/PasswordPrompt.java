package culvert.proxy.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Asks a person for a password. */
@FunctionalInterface
interface PasswordPrompt {

  /**
   * What was typed, unseen, for the caller to wipe; null: there is nobody to ask.
   *
   * @param prompt what is shown
   */
  char @Nullable [] read(String prompt);

  /**
   * The process's terminal.
   *
   * @param interactive whether it has one; a JDK from 22 on gives a console where there is none
   */
  @SuppressWarnings("SystemConsoleNull")
  static PasswordPrompt ofProcess(boolean interactive) {
    return prompt -> {
      Console console = interactive ? System.console() : null;
      return console == null ? null : console.readPassword("%s", prompt);
    };
  }
}
