package culvert.it.peers;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;

/** A SOCKS client that asks for BIND, byte by byte. */
public final class SocksBind implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 30_000;

  /** The code 0 stands for success in both versions. */
  public record Answer(int code, InetSocketAddress address) {
    /** The arguments of a PORT that names the address. */
    public String port() {
      return "PORT %s,%d,%d"
          .formatted(
              address.getAddress().getHostAddress().replace('.', ','),
              address.getPort() / 256,
              address.getPort() % 256);
    }
  }

  private final int version;
  private final Socket socket;
  private final DataInputStream in;

  private SocksBind(int version, Socket socket) throws IOException {
    this.version = version;
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /**
   * Connects and asks.
   *
   * @param request everything behind the command, in hexadecimal
   */
  public static SocksBind ask(int version, int proxyPort, String clientAddress, String request)
      throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(clientAddress), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxyPort));
    socket.setSoTimeout(DEADLINE_MILLIS);
    SocksBind bind = new SocksBind(version, socket);
    OutputStream out = socket.getOutputStream();
    if (version == 5) {
      out.write(new byte[] {5, 1, 0});
      if (bind.in.readUnsignedShort() != 0x0500) {
        throw new IOException("SOCKS 5 without authentication was refused");
      }
    }
    out.write(HexFormat.of().parseHex("0" + version + "02" + request));
    return bind;
  }

  /** The next one. */
  public Answer answer() throws IOException {
    in.readUnsignedByte();
    int code = in.readUnsignedByte();
    byte[] address = new byte[4];
    if (version == 4) {
      int port = in.readUnsignedShort();
      in.readFully(address);
      return new Answer(
          code == 0x5a ? 0 : code, new InetSocketAddress(InetAddress.getByAddress(address), port));
    }
    in.readUnsignedByte();
    address = new byte[in.readUnsignedByte() == 4 ? 16 : 4];
    in.readFully(address);
    return new Answer(
        code, new InetSocketAddress(InetAddress.getByAddress(address), in.readUnsignedShort()));
  }

  /** The data connection, after the second answer. */
  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
