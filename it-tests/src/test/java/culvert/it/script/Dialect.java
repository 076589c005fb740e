package culvert.it.script;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** How this or that client words a SOCKS request. */
public enum Dialect {
  CURL_4(4, false, ""),
  CURL_4A(4, true, ""),
  CURL_5(5, false, "\0\1"),
  CURL_5H(5, true, "\0\1"),
  FILEZILLA_5(5, true, "\0"),
  WINSCP_4A(4, true, ""),
  WINSCP_5(5, true, "\0"),
  PYSOCKS_4(4, false, ""),
  PYSOCKS_5(5, true, "\0"),
  JVM_5(5, false, "\0\2"),
  JVM_4(4, false, ""),
  ZOS_4(4, false, ""),
  DANTE_4(4, false, ""),
  DANTE_5(5, false, "\0\2");

  /**
   * The proxy's answer.
   *
   * @param code 0: granted, in SOCKS 4 too, where it says 90
   * @param address the bound one
   * @param socket open whatever the code is
   */
  public record Reply(int code, InetSocketAddress address, Socket socket) {}

  private static final int DEADLINE_MILLIS = 20_000;
  private static final int CONNECT = 1;
  private static final int BIND = 2;

  private final int version;
  private final boolean names;
  private final String methods; // one character for each

  Dialect(int version, boolean names, String methods) {
    this.version = version;
    this.names = names;
    this.methods = methods;
  }

  /** Whether host names reach the proxy; if not, hosts must be IPv4 literals. */
  public boolean names() {
    return names;
  }

  Reply connect(InetSocketAddress proxy, String from, String host, int port) throws IOException {
    return request(CONNECT, proxy, from, host, port);
  }

  Reply bind(InetSocketAddress proxy, String from, String host, int port) throws IOException {
    return request(BIND, proxy, from, host, port);
  }

  private Reply request(int command, InetSocketAddress proxy, String from, String host, int port)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.connect(proxy, DEADLINE_MILLIS);
      OutputStream out = socket.getOutputStream();
      if (version == 5) {
        out.write(greeting());
        int chosen = new DataInputStream(socket.getInputStream()).readUnsignedShort();
        if (chosen != 0x0500) {
          throw new IOException("SOCKS 5 method reply %04x (expected: 0500)".formatted(chosen));
        }
      }
      out.write(version == 5 ? request5(command, host, port) : request4(command, host, port));
      return reply(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** The next reply to a request: BIND has two. */
  public Reply reply(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    in.readUnsignedByte();
    int code = in.readUnsignedByte();
    if (version == 4) {
      int port = in.readUnsignedShort();
      return new Reply(code == 90 ? 0 : code, address(in.readNBytes(4), port), socket);
    }
    in.readUnsignedByte();
    byte[] address = in.readNBytes(in.readUnsignedByte() == 4 ? 16 : 4);
    return new Reply(code, address(address, in.readUnsignedShort()), socket);
  }

  private static InetSocketAddress address(byte[] address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address), port);
  }

  private byte[] greeting() {
    byte[] greeting = new byte[2 + methods.length()];
    greeting[0] = 5;
    greeting[1] = (byte) methods.length();
    for (int i = 0; i < methods.length(); i++) {
      greeting[2 + i] = (byte) methods.charAt(i);
    }
    return greeting;
  }

  private byte[] request4(int command, String host, int port) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(4);
    request.write(command);
    request.write(port >> 8);
    request.write(port);
    request.write(names ? new byte[] {0, 0, 0, 1} : InetAddress.getByName(host).getAddress());
    request.write(0); // no user
    if (names) {
      request.write(host.getBytes(US_ASCII));
      request.write(0);
    }
    return request.toByteArray();
  }

  private byte[] request5(int command, String host, int port) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(new byte[] {5, (byte) command, 0});
    if (names) {
      request.write(3);
      request.write(host.length());
      request.write(host.getBytes(US_ASCII));
    } else {
      byte[] address = InetAddress.getByName(host).getAddress();
      request.write(address.length == 16 ? 4 : 1);
      request.write(address);
    }
    request.write(port >> 8);
    request.write(port);
    return request.toByteArray();
  }
}
