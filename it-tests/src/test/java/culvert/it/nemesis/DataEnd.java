package culvert.it.nemesis;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client's end of a data connection, in whichever mode. */
final class DataEnd implements Closeable {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final Pattern PASV =
      Pattern.compile("227 .*\\(\\d+,\\d+,\\d+,\\d+,(\\d+),(\\d+)\\).*");
  private static final Pattern EPSV = Pattern.compile("229 .*\\(\\|\\|\\|(\\d+)\\|\\).*");

  private final ServerSocket listener; // null: passive
  private Socket socket; // null: not accepted yet

  private DataEnd(ServerSocket listener, Socket socket) {
    this.listener = listener;
    this.socket = socket;
  }

  /** Asks for a port and connects to it, or says where it listens; a refusal is an exception. */
  static DataEnd open(Mode mode, FtpDialogue ftp, Socks5 socks) throws IOException {
    return mode.active() ? listen(mode, ftp) : connect(mode, ftp, socks);
  }

  private static DataEnd connect(Mode mode, FtpDialogue ftp, Socks5 socks) throws IOException {
    String reply = ftp.send(mode.name());
    Matcher matcher = (mode == Mode.EPSV ? EPSV : PASV).matcher(reply);
    if (!matcher.matches()) {
      throw new IOException(mode + " was answered: " + reply);
    }
    int port =
        mode == Mode.EPSV
            ? Integer.parseInt(matcher.group(1))
            : Integer.parseInt(matcher.group(1)) * 256 + Integer.parseInt(matcher.group(2));
    return new DataEnd(null, socks.connect("127.0.0.1", port));
  }

  private static DataEnd listen(Mode mode, FtpDialogue ftp) throws IOException {
    ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    try {
      listener.setSoTimeout(PATIENCE_MILLIS);
      int port = listener.getLocalPort();
      String reply =
          ftp.send(
              mode == Mode.EPRT
                  ? "EPRT |1|127.0.0.1|" + port + "|"
                  : "PORT 127,0,0,1," + port / 256 + "," + port % 256);
      if (!reply.startsWith("200")) {
        throw new IOException(mode + " was answered: " + reply);
      }
      return new DataEnd(listener, null);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  /** The connection; in active mode the server has to have said that the transfer begins. */
  Socket socket() throws IOException {
    if (socket == null) {
      socket = listener.accept();
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
    return socket;
  }

  @Override
  public void close() throws IOException {
    if (listener != null) {
      listener.close();
    }
    if (socket != null) {
      socket.close();
    }
  }
}
