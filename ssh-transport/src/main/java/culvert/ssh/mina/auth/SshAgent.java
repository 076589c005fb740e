package culvert.ssh.mina.auth;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * An SSH agent behind a UNIX socket. Blocks, but never longer than it is told to. Each question
 * takes a connection of its own. Thread-safe.
 */
final class SshAgent {
  /** So long nobody waits again for an agent that did not even list its keys. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final Path socket;
  private final LongSupplier nanoTime;
  private volatile boolean silent;
  private volatile long silentSince;

  SshAgent(Path socket) {
    this(socket, System::nanoTime);
  }

  SshAgent(Path socket, LongSupplier nanoTime) {
    this.socket = socket;
    this.nanoTime = nanoTime;
  }

  /**
   * What keys it holds; none if it is locked.
   *
   * @throws IOException says what is wrong, without the socket's name
   */
  List<AgentMessages.Listed> identities(Duration patience) throws IOException {
    if (silent && nanoTime.getAsLong() - silentSince < SILENCE.toNanos()) {
      throw new SilentException("did not answer a moment ago");
    }
    silent = false;
    try {
      return AgentMessages.identities(ask(AgentMessages.requestIdentities(), patience));
    } catch (SilentException e) {
      silentSince = nanoTime.getAsLong();
      silent = true;
      throw e;
    }
  }

  /**
   * Signs.
   *
   * @param flags of {@link AgentMessages#flags}
   * @return the signature with its algorithm's name
   * @throws IOException the agent refuses, or does not answer in time
   */
  byte[] sign(KeyBlob key, byte[] data, int flags, Duration patience) throws IOException {
    return AgentMessages.signature(ask(AgentMessages.signRequest(key, data, flags), patience));
  }

  private byte[] ask(byte[] request, Duration patience) throws IOException {
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(socket)); // at once, or it fails
      Conversation conversation =
          new Conversation(
              channel,
              channel.register(selector, SelectionKey.OP_READ),
              patience,
              nanoTime.getAsLong() + patience.toNanos());
      conversation.write(
          ByteBuffer.allocate(Integer.BYTES + request.length)
              .putInt(request.length)
              .put(request)
              .flip());
      return conversation.readMessage();
    }
  }

  /** One question and its answer. */
  private final class Conversation {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Duration patience;
    private final long deadline;

    Conversation(SocketChannel channel, SelectionKey key, Duration patience, long deadline) {
      this.channel = channel;
      this.key = key;
      this.patience = patience;
      this.deadline = deadline;
    }

    void write(ByteBuffer octets) throws IOException {
      while (octets.hasRemaining()) {
        if (channel.write(octets) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
    }

    byte[] readMessage() throws IOException {
      long length = read(Integer.BYTES).getInt() & 0xffff_ffffL;
      if (length < 1 || length > AgentMessages.MAX_OCTETS) {
        throw new IOException(
            "answered with " + length + " octets (expected: 1.." + AgentMessages.MAX_OCTETS + ")");
      }
      return read((int) length).array();
    }

    private ByteBuffer read(int octets) throws IOException {
      ByteBuffer read = ByteBuffer.allocate(octets);
      while (read.hasRemaining()) {
        int count = channel.read(read);
        if (count < 0) {
          throw new EOFException("closed the connection instead of an answer");
        }
        if (count == 0) {
          await(SelectionKey.OP_READ);
        }
      }
      return read.flip();
    }

    private void await(int operation) throws IOException {
      key.interestOps(operation);
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - nanoTime.getAsLong());
      if (left <= 0) {
        throw new SilentException("did not answer within " + patience.toMillis() + " ms");
      }
      key.selector().select(left);
      key.selector().selectedKeys().clear();
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  /** The agent takes too long. */
  static final class SilentException extends IOException {
    SilentException(String message) {
      super(message);
    }
  }

  @Override
  public String toString() {
    return "agent " + socket;
  }
}
