package culvert.proxy.ftp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** One end of a connection, with a deadline on every read. */
public final class Peer implements Closeable {
  private static final int DEADLINE_MILLIS = 60_000;
  private static final int SILENCE_MILLIS = 300;

  final Socket socket;
  private final InputStream in;

  public Peer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  public int answer() throws IOException {
    return in.read();
  }

  /** The next line without its end, or {@code EOF}. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return line.size() == 0 ? "EOF" : line.toString(ISO_8859_1) + "EOF";
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  public Peer send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** Bytes that have come and were not read. */
  int available() throws IOException {
    return in.available();
  }

  /** Whether for a moment nothing comes, and the connection does not end. */
  boolean isSilent() throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    try {
      in.read();
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    } finally {
      socket.setSoTimeout(DEADLINE_MILLIS);
    }
  }

  Peer sendLine(String line) throws IOException {
    return send(line + "\r\n");
  }

  public void sendEof() throws IOException {
    socket.shutdownOutput();
  }

  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Everything until the end: {@code EOF} or {@code RESET}. */
  public String rest() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (SocketException e) {
      return all.toString(ISO_8859_1) + "RESET";
    }
    return all.toString(ISO_8859_1) + "EOF";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
