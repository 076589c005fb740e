package culvert.ssh.mina.auth;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A private key is encrypted, and its passphrase is not known. */
final class LockedKeyException extends IOException {
  private LockedKeyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static LockedKeyException noPassphrase() {
    return new LockedKeyException(
        "is encrypted (expected: identity-passphrase in the profile)", null);
  }

  static LockedKeyException wrongPassphrase(Throwable cause) {
    return new LockedKeyException("cannot be decrypted: wrong identity-passphrase?", cause);
  }
}
