package culvert.it.script;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * One end of a TCP connection: bytes go and come as they are, each as the character with its number
 * (ISO 8859-1). Every wait has a deadline.
 */
public final class Wire implements Closeable {
  private static final int DEADLINE_MILLIS = 20_000;
  private static final int SILENCE_MILLIS = 150;
  private static final long ABORT_NANOS = 1_000_000_000L;

  private final Socket socket;
  private final InputStream in;

  public Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** This end. */
  public InetSocketAddress here() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** The other end. */
  public InetSocketAddress there() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  /** Writes one segment. */
  public void write(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
  }

  /** Sends one byte with the urgent mark behind it. */
  public void writeUrgent(int b) throws IOException {
    socket.sendUrgentData(b);
  }

  /** One line without its CRLF. */
  public String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after '" + line + "' (expected: a line)");
      }
      line.append((char) b);
    }
    int last = line.length() - 1;
    if (last < 0 || line.charAt(last) != '\r') {
      throw new IOException("'" + line + "' ends with a bare LF (expected: CRLF)");
    }
    return line.substring(0, last);
  }

  public String read(int count) throws IOException {
    return new String(in.readNBytes(count), ISO_8859_1);
  }

  /** Everything up to the other side's EOF. */
  public String rest() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    in.transferTo(rest);
    return rest.toString(ISO_8859_1);
  }

  /** Whether nothing comes for a moment, and the connection stays open. */
  public boolean isSilent() throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    try {
      in.mark(1);
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    } finally {
      socket.setSoTimeout(DEADLINE_MILLIS);
    }
  }

  /**
   * Whether a data connection waits for the answer to an ABOR; on a machine that stands still,
   * whether its time for that, a second, has passed.
   *
   * @param begun before the ABOR can have been sent, in the time of {@link System#nanoTime}
   */
  public boolean waitsForAbort(long begun) throws IOException {
    return isSilent() || System.nanoTime() - begun > ABORT_NANOS;
  }

  /** Whether the other side's next word is EOF. */
  public boolean ended() throws IOException {
    return in.read() < 0;
  }

  /** Whether the connection is broken off, after whatever is still to be read. */
  public boolean wasReset() throws IOException {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return false;
    } catch (SocketTimeoutException silence) {
      throw silence;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Whether the connection ends, in order or not, after whatever is still to be read. */
  public boolean ends() throws IOException {
    return wasReset() || ended();
  }

  public void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** Breaks off: RST. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
