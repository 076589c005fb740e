package culvert.ssh.mina.auth;

import java.io.IOException;

/** What came as a signature is none that the public key bears out. */
final class WrongSignatureException extends IOException {
  WrongSignatureException(String message) {
    super(message);
  }

  WrongSignatureException(String message, Throwable cause) {
    super(message, cause);
  }
}
