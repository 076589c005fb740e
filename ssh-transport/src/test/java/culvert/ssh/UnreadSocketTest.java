package culvert.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets of this host's whose peer ends, or breaks off, while nobody reads. */
@Timeout(60)
class UnreadSocketTest {
  /** More than the buffers of two sockets take. */
  private static final int MUCH = 24 << 20;

  private static final String WORDS = "last words";

  @TempDir Path directory;

  enum Kind {
    EPOLL,
    EPOLL_UNIX,
    NIO;

    NettyTransport transport() {
      return this == NIO ? NettyTransport.NIO : NettyTransport.EPOLL;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values()).filter(kind -> kind == Kind.NIO || Epoll.isAvailable());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatThePeerSendsAndItsEndWaitUntilReadingIsOn(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, true)) {
      pair.peerSends(WORDS);
      pair.peer.shutdownOutput();
      pair.settle();
      assertThat(pair.read.size()).isZero();
      assertThat(pair.channel.isInputShutdown()).isFalse();

      pair.channel.config().setAutoRead(true);
      await().until(() -> pair.ends.get() == 1);
      assertThat(pair.read.toString(US_ASCII)).isEqualTo(WORDS);
      pair.assertUnharmed();
    }
  }

  /** As the sockets of SSH connections are. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theSameWhereTheEndOfThePeerIsTheEndOfAll(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, false)) {
      pair.peerSends(WORDS);
      pair.peer.shutdownOutput();
      pair.settle();
      assertThat(pair.read.size()).isZero();
      assertThat(pair.channel.isOpen()).isTrue();

      pair.channel.config().setAutoRead(true);
      assertThat(pair.channel.closeFuture().await(20, SECONDS)).isTrue();
      assertThat(pair.read.toString(US_ASCII)).isEqualTo(WORDS);
      assertThat(pair.thrown).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void afterTheEndReadingMayBeTurnedOffAndOn(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, true)) {
      pair.peer.shutdownOutput();
      pair.readTheEnd();
      for (int i = 0; i < 3; i++) {
        pair.channel.config().setAutoRead(true);
        pair.settle();
        pair.channel.config().setAutoRead(false);
        pair.settle();
      }

      pair.channel.writeAndFlush(Unpooled.copiedBuffer(WORDS, US_ASCII)).sync();
      pair.channel.shutdownOutput().sync();
      assertThat(new String(pair.peerReads().readAllBytes(), US_ASCII)).isEqualTo(WORDS);
      pair.assertUnharmed();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aWriteThatHasToWaitBehindTheEndArrivesWhole(Kind kind) throws Exception {
    byte[] bytes = random(MUCH);
    try (Pair pair = new Pair(kind, true)) {
      pair.peer.shutdownOutput();
      pair.readTheEnd();
      ChannelFuture written = pair.writes(bytes);

      assertThat(pair.arrivesAt(written)).isEqualTo(bytes);
      pair.assertUnharmed();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aWriteThatHasToWaitBehindAnUnreadEndArrivesWhole(Kind kind) throws Exception {
    byte[] bytes = random(MUCH);
    try (Pair pair = new Pair(kind, true)) {
      pair.peerSends(WORDS);
      pair.peer.shutdownOutput();
      pair.settle();
      ChannelFuture written = pair.writes(bytes);

      assertThat(pair.arrivesAt(written)).isEqualTo(bytes);
      pair.readTheEnd();
      assertThat(pair.read.toString(US_ASCII)).isEqualTo(WORDS);
      pair.assertUnharmed();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anEndThatComesWhileAWriteWaitsCutsNothingShort(Kind kind) throws Exception {
    byte[] bytes = random(MUCH);
    try (Pair pair = new Pair(kind, true)) {
      ChannelFuture written = pair.writes(bytes);
      pair.peerSends(WORDS);
      pair.peer.shutdownOutput();
      pair.settle();
      pair.readTheEnd();

      assertThat(pair.arrivesAt(written)).isEqualTo(bytes);
      assertThat(pair.read.toString(US_ASCII)).isEqualTo(WORDS);
      pair.assertUnharmed();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aPeerThatBreaksOffThenFailsTheWriteThatWaits(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, true)) {
      pair.peer.shutdownOutput();
      pair.readTheEnd();
      ChannelFuture written = pair.writes(new byte[MUCH]);
      pair.peerBreaksOff();

      assertThat(written.await(20, SECONDS)).isTrue();
      assertThat(written.cause()).isInstanceOf(IOException.class);
      assertThat(pair.channel.closeFuture().await(20, SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aPeerThatBreaksOffThenFailsTheNextWrite(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, true)) {
      pair.channel.writeAndFlush(Unpooled.copiedBuffer(WORDS, US_ASCII)).sync();
      pair.peer.shutdownOutput();
      pair.readTheEnd();
      pair.peerBreaksOff();
      pair.settle();
      ChannelFuture written = pair.channel.writeAndFlush(Unpooled.copiedBuffer(WORDS, US_ASCII));

      assertThat(written.await(20, SECONDS)).isTrue();
      assertThat(written.cause()).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aChannelThatNobodyClosesKeepsItsLoopNotBusy(Kind kind) throws Exception {
    try (Pair pair = new Pair(kind, true);
        Pair broken = new Pair(kind, true)) {
      pair.peer.shutdownOutput();
      pair.readTheEnd();
      pair.channel.shutdownOutput().sync();
      broken.peer.shutdownOutput();
      broken.readTheEnd();
      broken.peerBreaksOff();

      for (Pair idle : List.of(pair, broken)) {
        idle.settle();
        assertThat(idle.busyIn(Duration.ofMillis(400))).isLessThan(Duration.ofMillis(200));
      }
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** A channel with reading off, and its peer. */
  private final class Pair implements AutoCloseable {
    final ByteArrayOutputStream read = new ByteArrayOutputStream();
    final List<Throwable> thrown = new CopyOnWriteArrayList<>();
    final DuplexChannel channel;
    final SocketChannel peer;

    final AtomicInteger ends = new AtomicInteger();

    private final EventLoopGroup loop;

    Pair(Kind kind, boolean halfClosure) throws Exception {
      loop = kind.transport().newGroup("unread", 1);
      boolean unix = kind == Kind.EPOLL_UNIX;
      try (ServerSocketChannel listener =
          unix
              ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              : ServerSocketChannel.open()) {
        if (unix) {
          Path path = directory.resolve(Integer.toHexString(hashCode()));
          listener.bind(UnixDomainSocketAddress.of(path));
          channel = connect(path, halfClosure);
        } else {
          listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          channel = connect(kind, (InetSocketAddress) listener.getLocalAddress(), halfClosure);
        }
        peer = listener.accept();
      }
    }

    private DuplexChannel connect(Path path, boolean halfClosure) throws Exception {
      return (DuplexChannel)
          new Bootstrap()
              .group(loop)
              .channel(EpollDomainSocketChannel.class)
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
              .handler(new Recorder())
              .connect(new DomainSocketAddress(path.toFile()))
              .sync()
              .channel();
    }

    private DuplexChannel connect(Kind kind, InetSocketAddress address, boolean halfClosure)
        throws Exception {
      return new TcpDialer(kind.transport(), Map.of(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure))
          .dial(
              List.of(address.getAddress()),
              address.getPort(),
              Duration.ofSeconds(20),
              loop.next(),
              new Recorder())
          .sync()
          .getNow();
    }

    void peerSends(String text) throws IOException {
      peer.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
    }

    InputStream peerReads() {
      return Channels.newInputStream(peer);
    }

    /** Without a word: with something unread, as far as UNIX sockets are concerned. */
    void peerBreaksOff() throws IOException {
      if (peer.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
        try {
          peer.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (UnsupportedOperationException e) {
          // a UNIX socket
        }
      }
      peer.close();
    }

    /** Time for what nobody is told of, if all is well. */
    void settle() throws Exception {
      assertThat(channel.eventLoop().schedule(() -> {}, 100, MILLISECONDS).await(20, SECONDS))
          .isTrue();
    }

    void readTheEnd() {
      channel.config().setAutoRead(true);
      await().until(() -> ends.get() > 0);
      channel.config().setAutoRead(false);
    }

    /** So much that it has to wait. */
    ChannelFuture writes(byte[] bytes) throws Exception {
      ChannelFuture written = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
      settle();
      assertThat(written.isDone() ? written.cause() : null).isNull();
      assertThat(written).isNotDone();
      return written;
    }

    byte[] arrivesAt(ChannelFuture written) throws Exception {
      CompletableFuture<byte[]> arrived =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return peerReads().readAllBytes();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(written.await(20, SECONDS)).isTrue();
      assertThat(written.cause()).isNull();
      channel.shutdownOutput().sync();
      return arrived.get(20, SECONDS);
    }

    void assertUnharmed() {
      assertThat(thrown).isEmpty();
      assertThat(ends).hasValue(1);
      assertThat(channel.isActive()).isTrue();
    }

    Duration busyIn(Duration time) throws Exception {
      long before = cpuTime();
      channel.eventLoop().schedule(() -> {}, time.toMillis(), MILLISECONDS).sync();
      return Duration.ofNanos(cpuTime() - before);
    }

    private long cpuTime() throws Exception {
      return channel
          .eventLoop()
          .submit(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime())
          .get(20, SECONDS);
    }

    @Override
    public void close() throws IOException {
      peer.close();
      loop.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf bytes = (ByteBuf) message;
        bytes.readBytes(read, bytes.readableBytes());
        bytes.release();
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
          ends.incrementAndGet();
        }
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        thrown.add(cause);
      }
    }
  }
}
