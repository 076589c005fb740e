package culvert.proxy.upstream;

import culvert.proxy.door.Refusal;
import org.jspecify.annotations.Nullable;

/** A destination that could not be connected; the message names endpoint and reason. */
public final class ConnectFailedException extends Exception {
  private final Refusal refusal;

  public ConnectFailedException(Refusal refusal, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.refusal = refusal;
  }

  /** What to tell a client that still waits for its front door's answer. */
  public Refusal refusal() {
    return refusal;
  }
}
