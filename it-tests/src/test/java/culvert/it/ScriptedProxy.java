package culvert.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A proxy that does with each client what the test says. */
final class ScriptedProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Script script;
  private final int serverPort;

  /** One client. */
  @FunctionalInterface
  interface Script {
    /**
     * Serves the client until it has what it came for, or for good.
     *
     * @param server connected already
     */
    void serve(Socket client, Socket server) throws IOException;
  }

  private ScriptedProxy(Script script, int serverPort) throws IOException {
    this.script = script;
    this.serverPort = serverPort;
    start(this::accept);
  }

  static ScriptedProxy start(Script script, int serverPort) throws IOException {
    return new ScriptedProxy(script, serverPort);
  }

  /** For scripts that need no server. */
  static ScriptedProxy start(Script script) throws IOException {
    return new ScriptedProxy(script, 0);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Copies both ways until one ends; returns at once. */
  static void relay(Socket client, Socket server) {
    start(() -> copy(client, server));
    start(() -> copy(server, client));
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        start(() -> serve(client));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket client) {
    try {
      Socket server =
          serverPort == 0 ? new Socket() : new Socket(InetAddress.getLoopbackAddress(), serverPort);
      script.serve(client, server);
    } catch (IOException e) {
      close(client);
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException broken) {
      // ends like an ordered end
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // that is what we want
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "scripted-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
