package culvert.it.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for programs that cannot be told to take port 0: below the kernel's ephemeral range, so
 * that no outgoing connection takes them in between. Test JVMs that run side by side have a range
 * each.
 */
public final class FreePorts {
  private static final int RANGE = 6_000;
  private static final int LOWEST = 20_000 + RANGE * (Integer.getInteger("test.fork", 1) - 1);
  private static final int HIGHEST = LOWEST + RANGE;

  private FreePorts() {}

  public static int next() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // the next one, then
      }
    }
    throw new IllegalStateException("no free port in " + LOWEST + ".." + HIGHEST);
  }
}
