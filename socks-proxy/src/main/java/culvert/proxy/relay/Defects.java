package culvert.proxy.relay;

import java.nio.channels.NotYetConnectedException;

/** What of all that a channel's pipeline throws is a defect of ours. */
public final class Defects {
  private Defects() {}

  /** What peers bring about are I/O errors; epoll says of a reset that nothing is connected. */
  public static boolean isOne(Throwable thrown) {
    return !(thrown instanceof Exception)
        || (thrown instanceof RuntimeException && !(thrown instanceof NotYetConnectedException));
  }
}
