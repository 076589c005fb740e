package culvert.it.peers;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for programs that cannot be told to take port 0: below the kernel's ephemeral range, so
 * that no outgoing connection takes them in between. Test JVMs that run side by side have a range
 * each, and go through it in turn, so that nobody else gets a port that is not bound yet.
 */
public final class FreePorts {
  private static final int RANGE = 6_000;
  private static final int LOWEST = 20_000 + RANGE * (Integer.getInteger("test.fork", 1) - 1);
  private static final AtomicInteger TURN =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(RANGE));

  private FreePorts() {}

  /** One that nobody listens on, on any address. */
  public static int next() {
    for (int attempt = 0; attempt < RANGE; attempt++) {
      int port = LOWEST + Math.floorMod(TURN.getAndIncrement(), RANGE);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // the next one, then
      }
    }
    throw new IllegalStateException("no free port in " + LOWEST + ".." + (LOWEST + RANGE - 1));
  }
}
