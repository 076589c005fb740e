package culvert.it.peers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** SOCKS 5 byte by byte, without authentication. */
public final class Socks5 {
  private static final int DEADLINE_MILLIS = 30_000;
  private static final String LOOPBACK = "127.0.0.1";

  /** What the proxy answered; {@code socket} is connected to the destination when the code is 0. */
  public record Reply(int code, Socket socket) {}

  private final int proxyPort;
  private final String clientAddress;

  private Socks5(int proxyPort, String clientAddress) {
    this.proxyPort = proxyPort;
    this.clientAddress = clientAddress;
  }

  public static Socks5 through(int proxyPort) {
    return new Socks5(proxyPort, LOOPBACK);
  }

  /** The same as another client, one of 127.0.0.0/8. */
  public Socks5 from(String clientAddress) {
    return new Socks5(proxyPort, clientAddress);
  }

  /** The code that CONNECT is answered with; the connection is closed again. */
  public int code(String host, int port) throws IOException {
    Reply reply = request(1, host, port);
    reply.socket().close();
    return reply.code();
  }

  /** CONNECT that must succeed. */
  public Socket connect(String host, int port) throws IOException {
    Reply reply = request(1, host, port);
    if (reply.code() != 0) {
      reply.socket().close();
      throw new IOException("CONNECT " + host + ":" + port + " was answered " + reply.code());
    }
    return reply.socket();
  }

  /** A control connection over a CONNECT that must succeed. */
  public FtpDialogue ftp(String host, int port) throws IOException {
    return new FtpDialogue(connect(host, port));
  }

  /** Sends a request for a host name (a literal address, too, goes as a name). */
  public Reply request(int command, String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      if (!clientAddress.equals(LOOPBACK)) { // or each port would count for all destinations
        socket.bind(new InetSocketAddress(InetAddress.getByName(clientAddress), 0));
      }
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort), DEADLINE_MILLIS);
      socket.setSoTimeout(DEADLINE_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      out.write(new byte[] {5, 1, 0});
      if (in.readUnsignedShort() != 0x0500) {
        throw new IOException("SOCKS 5 without authentication was refused");
      }
      byte[] name = host.getBytes(US_ASCII);
      byte[] request = new byte[5 + name.length + 2];
      request[0] = 5;
      request[1] = (byte) command;
      request[3] = 3;
      request[4] = (byte) name.length;
      System.arraycopy(name, 0, request, 5, name.length);
      request[request.length - 2] = (byte) (port >> 8);
      request[request.length - 1] = (byte) port;
      out.write(request);
      in.readUnsignedByte();
      int code = in.readUnsignedByte();
      in.readUnsignedByte();
      int addressType = in.readUnsignedByte();
      in.readFully(new byte[(addressType == 4 ? 16 : addressType == 3 ? in.read() : 4) + 2]);
      return new Reply(code, socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
