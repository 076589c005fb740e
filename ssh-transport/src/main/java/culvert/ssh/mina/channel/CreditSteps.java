package culvert.ssh.mina.channel;

import java.io.IOException;
import org.apache.sshd.common.channel.LocalWindow;

/**
 * Gives window credit back in steps, so that not every packet is answered by a WINDOW_ADJUST.
 * Confined to the event loop.
 */
final class CreditSteps {
  private static final long LARGEST_STEP_BYTES = 512 * 1024;

  private final LocalWindow window;
  private final long stepBytes;
  private long takenBytes;

  CreditSteps(LocalWindow window, long windowBytes) {
    this.window = window;
    // What is held back must be well below the window, or the server would stop for want of it.
    this.stepBytes = Math.min(LARGEST_STEP_BYTES, windowBytes / 4);
  }

  void taken(int bytes) throws IOException {
    takenBytes += bytes;
    if (takenBytes >= stepBytes) {
      long released = takenBytes;
      takenBytes = 0;
      window.release(released);
    }
  }
}
