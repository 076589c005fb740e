package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.nio.file.Path;
import java.util.Optional;

/** Private keys, for command lines that ask for passphrases. */
public final class PrivateKeys {
  private PrivateKeys() {}

  /** Whether nothing but the right passphrase is missing to use the key. Blocks. */
  public static boolean isLocked(Path key, Optional<Secret> passphrase) {
    return KeyFiles.isLocked(key, passphrase);
  }
}
