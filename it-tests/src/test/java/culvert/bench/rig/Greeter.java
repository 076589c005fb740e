package culvert.bench.rig;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Locale;

/**
 * An FTP server that greets, lets everybody in, and has no files: ten thousand sessions of it weigh
 * next to nothing. Its {@code main} prints the port that it listens on, and ends at the end of its
 * standard input. One thread.
 */
public final class Greeter {
  private static final int BACKLOG = 1024;
  private static final int LONGEST_LINE = 512;

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final ByteBuffer buffer = ByteBuffer.allocate(4096);

  private Greeter() throws IOException {
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  public static void main(String[] args) throws IOException {
    Greeter greeter = new Greeter();
    Thread serving = new Thread(greeter::serve, "greeter");
    serving.setDaemon(true);
    serving.start();
    System.out.println(greeter.listener.socket().getLocalPort());
    while (System.in.read() >= 0) {
      // nobody has anything to say
    }
  }

  private void serve() {
    try {
      while (true) {
        selector.select();
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
          SelectionKey key = ready.next();
          ready.remove();
          if (key.isAcceptable()) {
            accept();
          } else {
            answer(key);
          }
        }
      }
    } catch (IOException e) {
      System.err.println("greeter: " + e);
      System.exit(1);
    }
  }

  private void accept() throws IOException {
    SocketChannel client = listener.accept();
    client.configureBlocking(false);
    client.register(selector, SelectionKey.OP_READ, new ByteArrayOutputStream());
    say(client, "220 ready");
  }

  private void answer(SelectionKey key) throws IOException {
    SocketChannel client = (SocketChannel) key.channel();
    ByteArrayOutputStream line = (ByteArrayOutputStream) key.attachment();
    try {
      if (client.read(buffer.clear()) < 0) {
        client.close();
        return;
      }
      buffer.flip();
      while (buffer.hasRemaining() && line.size() < LONGEST_LINE) {
        byte b = buffer.get();
        if (b != '\n') {
          line.write(b);
        } else if (!answered(client, line.toString(US_ASCII).strip())) {
          client.close();
          return;
        } else {
          line.reset();
        }
      }
    } catch (IOException broken) {
      client.close();
    }
  }

  /** Whether the session goes on. */
  private static boolean answered(SocketChannel client, String line) throws IOException {
    String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    say(
        client,
        switch (verb) {
          case "USER" -> "331 and the password?";
          case "PASS" -> "230 come in";
          case "QUIT" -> "221 goodbye";
          case "NOOP", "TYPE" -> "200 done";
          default -> "502 not here";
        });
    return !verb.equals("QUIT");
  }

  /** A reply is short, and clients wait for it: the socket has room. */
  private static void say(SocketChannel client, String reply) throws IOException {
    client.write(ByteBuffer.wrap((reply + "\r\n").getBytes(US_ASCII)));
  }
}
