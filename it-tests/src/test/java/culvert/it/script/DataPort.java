package culvert.it.script;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;

/** A listening port for data connections, of the server in passive or the client in active mode. */
public final class DataPort implements Closeable {
  private static final int DEADLINE_MILLIS = 20_000;
  private static final int SILENCE_MILLIS = 150;

  private final ServerSocket listener;
  private final int number;

  public DataPort(String address) throws IOException {
    this(address, 0);
  }

  public DataPort(String address, int port) throws IOException {
    listener = new ServerSocket(port, 50, InetAddress.getByName(address));
    number = listener.getLocalPort();
  }

  public int number() {
    return number;
  }

  /** {@code h1,h2,h3,h4,p1,p2} with the address that it listens on. */
  public String sixNumbers() {
    return sixNumbers(listener.getInetAddress().getHostAddress());
  }

  /** {@code h1,h2,h3,h4,p1,p2} with an address that it claims to listen on. */
  public String sixNumbers(String address) {
    return sixNumbers(address, number());
  }

  public static String sixNumbers(String address, int port) {
    return address.replace('.', ',') + "," + port / 256 + "," + port % 256;
  }

  /** The next connection. */
  public Wire accept() throws IOException {
    listener.setSoTimeout(DEADLINE_MILLIS);
    return new Wire(listener.accept());
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

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
