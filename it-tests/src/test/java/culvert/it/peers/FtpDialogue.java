package culvert.it.peers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An FTP control connection, line by line: what the client sees, exactly. Every wait has a
 * deadline.
 */
public final class FtpDialogue implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 30_000;
  private static final Pattern EPSV = Pattern.compile("229 [^|]*\\(\\|\\|\\|(\\d+)\\|\\)");

  private final Socket socket;
  private final InputStream in;

  public FtpDialogue(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** The next reply, all its lines joined with {@code \n}; empty when the server closed. */
  public String reply() throws IOException {
    StringBuilder reply = new StringBuilder(line());
    if (reply.length() > 3 && reply.charAt(3) == '-') {
      String end = reply.substring(0, 3) + " ";
      String line;
      do {
        line = line();
        reply.append('\n').append(line);
      } while (!line.startsWith(end) && !line.isEmpty());
    }
    return reply.toString();
  }

  /** Sends a command and returns its reply. */
  public String send(String command) throws IOException {
    sendOnly(command);
    return reply();
  }

  public void sendOnly(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(ISO_8859_1));
  }

  /** {@code USER}, expecting 331, and {@code PASS}, whose reply is returned. */
  public String login(String user, String password) throws IOException {
    String reply = send("USER " + user);
    return reply.startsWith("331 ") ? send("PASS " + password) : reply;
  }

  /** Asks for a passive port. */
  public int passivePort() throws IOException {
    String reply = send("EPSV");
    Matcher matcher = EPSV.matcher(reply);
    if (!matcher.lookingAt()) {
      throw new IOException("EPSV was answered: " + reply);
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Whether nothing comes, the end of the stream included, for so long. */
  public boolean silentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
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

  /** Whether the server has closed the connection, in order and with nothing more to say. */
  public boolean atEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** One line without its end; empty at the end of the stream. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
