package culvert.ssh.mina.auth;

import culvert.config.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Private keys and certificates, for command lines that ask for passphrases or look at files. */
public final class PrivateKeys {
  private PrivateKeys() {}

  /** Whether nothing but the right passphrase is missing to use the key. Blocks. */
  public static boolean isLocked(Path key, Optional<Secret> passphrase) {
    return KeyFiles.isLocked(key, passphrase);
  }

  /**
   * What keeps a key from being used, as it follows on the file's name. Blocks.
   *
   * @param withAgent whether an agent may hold the private half, so that the public one will do
   */
  public static Optional<String> problem(Path key, Optional<Secret> passphrase, boolean withAgent) {
    KeyFile file = new KeyFiles().load(key, passphrase);
    return withAgent && file.publicKey().isPresent() ? Optional.empty() : file.problem();
  }

  /** The same for a certificate. */
  public static Optional<String> problemOfCertificate(Path certificate) {
    try {
      CertificateFile.read(certificate);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(SmallFile.problem(e));
    }
  }
}
