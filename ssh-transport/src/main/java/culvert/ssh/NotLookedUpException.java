package culvert.ssh;

import java.io.IOException;

/**
 * No name server was asked for the name: too many names were waiting in this process. That says
 * nothing of the name, so nothing may follow from it but a failure.
 */
public final class NotLookedUpException extends IOException {
  public NotLookedUpException(String message) {
    super(message);
  }
}
