package culvert.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that neither accepts nor refuses: its listener's backlog is full, and the kernel leaves
 * further SYNs unanswered.
 */
final class BlackHole implements AutoCloseable {
  private static final int MORE_THAN_ANY_BACKLOG_OF_ONE = 20;

  private final ServerSocket listener;
  private final List<Socket> waiting = new ArrayList<>();

  private BlackHole(ServerSocket listener) {
    this.listener = listener;
  }

  static BlackHole open() throws IOException {
    BlackHole blackHole = new BlackHole(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    for (int i = 0; i < MORE_THAN_ANY_BACKLOG_OF_ONE; i++) {
      Socket socket = new Socket();
      blackHole.waiting.add(socket);
      try {
        socket.connect(blackHole.listener.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        return blackHole;
      }
    }
    blackHole.close();
    throw new IOException("the backlog of a listener does not fill up");
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    listener.close();
  }
}
