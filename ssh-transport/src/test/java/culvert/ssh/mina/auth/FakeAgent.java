package culvert.ssh.mina.auth;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An agent that answers what the test says, whatever it is asked. */
final class FakeAgent implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<byte[]> requests = new CopyOnWriteArrayList<>();
  private final Answer answer;

  /** What goes on the wire in answer to a request; null: nothing, and the connection stays. */
  interface Answer {
    byte[] to(byte[] request) throws IOException;
  }

  FakeAgent(Path socket, Answer answer) throws IOException {
    this.socket = socket;
    this.answer = answer;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::serve, "fake-agent");
    thread.setDaemon(true);
    thread.start();
  }

  Path socket() {
    return socket;
  }

  List<byte[]> requests() {
    return requests;
  }

  /** A message with its length in front. */
  static byte[] framed(byte... message) {
    return ByteBuffer.allocate(4 + message.length).putInt(message.length).put(message).array();
  }

  /** The answer that lists these keys. */
  static byte[] listing(byte[]... keys) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(12);
    out.writeBytes(ByteBuffer.allocate(4).putInt(keys.length).array());
    for (byte[] key : keys) {
      out.writeBytes(framed(key));
      out.writeBytes(framed("a comment".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }
    return out.toByteArray();
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        open.add(channel);
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        requests.add(request);
        byte[] octets = answer.to(request);
        if (octets != null) {
          channel.write(ByteBuffer.wrap(octets));
          channel.close();
        }
      }
    } catch (java.nio.channels.ClosedChannelException e) {
      // the test is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
