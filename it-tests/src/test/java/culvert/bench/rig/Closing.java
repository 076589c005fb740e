package culvert.bench.rig;

import culvert.it.Opened;
import java.io.IOException;

/** Closes what may fail in any way, for those who can say no more than that it has. */
final class Closing {
  private Closing() {}

  static void all(Opened opened) throws IOException {
    try {
      opened.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new IOException(e);
    }
  }
}
