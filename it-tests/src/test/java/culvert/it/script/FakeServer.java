package culvert.it.script;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An FTP server that says what the test says. */
public final class FakeServer implements Closeable {
  private static final int DEADLINE_MILLIS = 20_000;
  private static final int SILENCE_MILLIS = 150;

  private final ServerSocket listener;
  private final List<Closeable> parts = new ArrayList<>();

  public FakeServer(String address) throws IOException {
    this(address, 0);
  }

  public FakeServer(String address, int port) throws IOException {
    listener = new ServerSocket(port, 50, InetAddress.getByName(address));
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The next control connection; nothing has been said on it. */
  public ServerControl accept() throws IOException {
    listener.setSoTimeout(DEADLINE_MILLIS);
    return keep(new ServerControl(new Wire(listener.accept())));
  }

  /** Whether nobody connects for a moment. */
  public boolean isUntouched() throws IOException {
    listener.setSoTimeout(SILENCE_MILLIS);
    try {
      listener.accept().close();
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    }
  }

  /** Listens for data connections beside the control port. */
  public DataPort listen() throws IOException {
    return keep(new DataPort(listener.getInetAddress().getHostAddress()));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable part : parts) {
      part.close();
    }
  }

  private <T extends Closeable> T keep(T part) {
    parts.add(part);
    return part;
  }
}
