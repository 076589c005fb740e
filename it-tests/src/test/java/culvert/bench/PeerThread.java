package culvert.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** The far end of a channel: sends or receives as fast as it can until its socket is closed. */
final class PeerThread {
  private static final int PIECE = 256 << 10;

  private PeerThread() {}

  static void sendTo(Socket socket) {
    start(
        "peer-sends",
        () -> {
          OutputStream out = socket.getOutputStream();
          byte[] piece = new byte[PIECE];
          while (true) {
            out.write(piece);
          }
        });
  }

  static void receiveFrom(Socket socket) {
    start(
        "peer-receives",
        () -> {
          InputStream in = socket.getInputStream();
          byte[] piece = new byte[PIECE];
          while (in.read(piece) >= 0) {
            // nobody wants it
          }
        });
  }

  /** What goes on until a socket is closed. */
  private interface Loop {
    void run() throws IOException;
  }

  private static void start(String name, Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException closed) {
                // the benchmark is over
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }
}
