package culvert.it.kex;

import culvert.ssh.SshSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A channel that is busy in both directions: so many known bytes each way at once, then our EOF,
 * the peer's, and the end. What arrives is hashed on either side.
 */
final class Load {
  private final int bytes;
  private final long seed;
  private final CompletableFuture<String> here = new CompletableFuture<>();
  private CompletableFuture<String> there;

  private Load(int bytes, long seed) {
    this.bytes = bytes;
    this.seed = seed;
  }

  static Load start(OneLoop loop, SshSession session, int bytes, long seed, ExecutorService pool)
      throws Exception {
    Load load = new Load(bytes, seed);
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DuplexChannel channel =
          loop.open(session, target.getLocalPort(), load.new Here()).get(60, TimeUnit.SECONDS);
      Socket peer = target.accept();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(() -> load.writeThere(peer), pool);
      load.there =
          CompletableFuture.supplyAsync(() -> load.readThere(peer), pool)
              .thenCombine(writing, (hash, written) -> hash);
      channel.eventLoop().execute(() -> channel.pipeline().get(Here.class).begin(channel));
    }
    return load;
  }

  /** Whether all arrived as it was sent, and the channel ended as it should. */
  void verify(long seconds) throws Exception {
    String back = here.get(seconds, TimeUnit.SECONDS);
    if (!back.equals(hash(new Source(bytes, seed)))) {
      throw new AssertionError("other bytes came back");
    }
    if (!there.get(seconds, TimeUnit.SECONDS).equals(hash(new Source(bytes, -seed)))) {
      throw new AssertionError("other bytes arrived");
    }
  }

  private String readThere(Socket peer) {
    try {
      MessageDigest digest = sha256();
      InputStream in = peer.getInputStream();
      byte[] buffer = new byte[40_000];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      peer.close();
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeThere(Socket peer) {
    try {
      OutputStream out = peer.getOutputStream();
      Source source = new Source(bytes, seed);
      for (byte[] chunk = source.next(); chunk.length > 0; chunk = source.next()) {
        out.write(chunk);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hash(Source source) {
    MessageDigest digest = sha256();
    for (byte[] chunk = source.next(); chunk.length > 0; chunk = source.next()) {
      digest.update(chunk);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Bytes from a seed, in pieces of many sizes. */
  private static final class Source {
    private final SplittableRandom random;
    private int left;

    Source(int bytes, long seed) {
      this.left = bytes;
      this.random = new SplittableRandom(seed);
    }

    byte[] next() {
      byte[] chunk = new byte[Math.min(left, 1 + random.nextInt(60_000))];
      random.nextBytes(chunk);
      left -= chunk.length;
      return chunk;
    }
  }

  /** Our end: writes while the channel is writable, and says EOF when it has all. */
  private final class Here extends ChannelInboundHandlerAdapter {
    private final Source source = new Source(bytes, -seed);
    private final MessageDigest digest = sha256();
    private int received;
    private boolean written;
    private boolean eof;

    void begin(DuplexChannel channel) {
      channel.config().setAutoRead(true);
      write(channel);
    }

    private void write(DuplexChannel channel) {
      while (!written && channel.isWritable()) {
        byte[] chunk = source.next();
        written = chunk.length == 0;
        if (!written) {
          channel.writeAndFlush(Unpooled.wrappedBuffer(chunk));
        }
      }
      endWhenDone(channel);
    }

    private void endWhenDone(DuplexChannel channel) {
      if (written && received == bytes && !channel.isOutputShutdown()) {
        channel.shutdownOutput();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      write((DuplexChannel) ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      digest.update(buffer.nioBuffer());
      received += buffer.readableBytes();
      buffer.release();
      endWhenDone((DuplexChannel) ctx.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        eof = true;
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (eof) {
        here.complete(HexFormat.of().formatHex(digest.digest()));
      } else {
        here.completeExceptionally(new IOException("no EOF, " + received + " bytes"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      here.completeExceptionally(cause);
      ctx.close();
    }
  }
}
