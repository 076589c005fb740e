package culvert.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A SOCKS 5 client, byte by byte. */
final class SocksSocket implements AutoCloseable {
  final Socket socket;
  final InputStream in;

  SocksSocket(InetSocketAddress proxy) throws IOException {
    this(proxy, new InetSocketAddress(0));
  }

  /** From that address. */
  SocksSocket(InetSocketAddress proxy, InetSocketAddress from) throws IOException {
    socket = new Socket();
    socket.bind(from);
    socket.setSoTimeout(60_000); // the system's resolver may take half a minute
    socket.connect(proxy, 5_000);
    in = socket.getInputStream();
  }

  /** Asks for a destination by name. Returns the reply code. */
  int connect(String host, int port) throws IOException {
    ask(host, port);
    return answer();
  }

  /** Asks, and leaves the answer for later. */
  void ask(String host, int port) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) host.length()});
    request.writeBytes(host.getBytes(US_ASCII));
    request.write(port >> 8);
    request.write(port);
    socket.getOutputStream().write(request.toByteArray());
  }

  int answer() throws IOException {
    byte[] answer = in.readNBytes(12);
    if (answer.length != 12) {
      throw new IOException("answer of " + answer.length + " bytes");
    }
    return answer[3];
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  String readAll() throws IOException {
    return new String(in.readAllBytes(), US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
