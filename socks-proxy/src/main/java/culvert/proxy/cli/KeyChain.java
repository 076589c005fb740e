package culvert.proxy.cli;

import culvert.config.Secret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Private keys that can be used.
 *
 * @param passphrase of all those that are encrypted
 */
record KeyChain(List<Path> keys, Optional<Secret> passphrase) {
  private static final int PROMPTS = 3;

  /**
   * Asks for the passphrase of encrypted keys, as ssh does; nothing typed passes over the key.
   * Those that stay locked are left out and named.
   */
  static KeyChain unlock(List<Path> keys, Terminal terminal, TunnelRunner runner) {
    List<Path> open = new ArrayList<>();
    Optional<Secret> passphrase = Optional.empty();
    for (Path key : keys) {
      if (passphrase.isEmpty() && runner.isLocked(key, passphrase)) {
        passphrase = ask(key, terminal, runner);
      }
      if (runner.isLocked(key, passphrase)) {
        terminal.err().println("culvert: identity file " + key + ": not used, " + why(passphrase));
      } else {
        open.add(key);
      }
    }
    return new KeyChain(List.copyOf(open), passphrase);
  }

  private static String why(Optional<Secret> passphrase) {
    return passphrase.isPresent()
        ? "its passphrase is not that of the key before it (expected: one for all keys)"
        : "it is encrypted and its passphrase was not given";
  }

  private static Optional<Secret> ask(Path key, Terminal terminal, TunnelRunner runner) {
    for (int i = 0; i < PROMPTS; i++) {
      char[] typed = terminal.passwords().read("passphrase for key " + key + ": ");
      if (typed == null || typed.length == 0) {
        return Optional.empty();
      }
      Optional<Secret> passphrase = Optional.of(new Secret(new String(typed)));
      Arrays.fill(typed, '\0');
      if (!runner.isLocked(key, passphrase)) {
        return passphrase;
      }
    }
    return Optional.empty();
  }
}
