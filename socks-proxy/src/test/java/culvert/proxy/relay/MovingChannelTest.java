package culvert.proxy.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.NettyTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class MovingChannelTest {
  private static final int MOVES = 500;
  private static final int POSTED = 20_000;

  static Stream<NettyTransport> transports() {
    return Stream.of(NettyTransport.values())
        .filter(transport -> transport == NettyTransport.NIO || Epoll.isAvailable());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void whatIsPostedRunsInOrderAndOnItsLoopWhileItMoves(NettyTransport transport) throws Exception {
    EventLoopGroup loops = transport.newGroup("loops", 2);
    try (RelayFixture pair = fixture(transport)) {
      HomeLoop home = HomeLoop.of(pair.clientChannel);
      List<Integer> ran = new ArrayList<>(); // confined to the channel's loop
      CountDownLatch moved = new CountDownLatch(1);
      home.post(() -> move(home, loops, MOVES, moved));
      for (int i = 0; i < POSTED; i++) {
        int number = i;
        home.post(
            () -> {
              assertThat(home.loop().inEventLoop()).isTrue();
              assertThat(pair.clientChannel.isRegistered()).isTrue();
              ran.add(number);
            });
      }
      assertThat(moved.await(60, SECONDS)).isTrue();
      CompletableFuture<List<Integer>> all = new CompletableFuture<>();
      home.post(() -> all.complete(List.copyOf(ran)));

      assertThat(all.get(60, SECONDS)).hasSize(POSTED).isSorted();
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
  }

  private static void move(HomeLoop home, EventLoopGroup loops, int left, CountDownLatch moved) {
    if (left == 0) {
      moved.countDown();
      return;
    }
    EventLoop to = loops.next();
    home.moveTo(
        to,
        () -> {
          assertThat(home.loop()).isSameAs(to);
          home.check();
          move(home, loops, left - 1, moved);
        });
  }

  @ParameterizedTest
  @MethodSource("transports")
  void readsAndWritesWhereItHasCome(NettyTransport transport) throws Exception {
    try (RelayFixture pair = fixture(transport)) {
      pair.client.getOutputStream().write("before".getBytes(US_ASCII));
      CompletableFuture<String> read = new CompletableFuture<>();
      moveToUpstream(
          pair,
          () -> {
            EarlyReads.handOver(pair.clientChannel);
            pair.clientChannel.pipeline().addLast(new Reader(read));
            pair.clientChannel.read();
          });

      assertThat(read.get(60, SECONDS)).isEqualTo("before");
      pair.clientChannel.writeAndFlush(Unpooled.copiedBuffer("after", US_ASCII));
      assertThat(pair.client.getInputStream().readNBytes(5)).isEqualTo("after".getBytes(US_ASCII));
    }
  }

  /** What waits for a client that does not read. */
  @ParameterizedTest
  @MethodSource("transports")
  void whatIsNotWrittenYetIsWrittenThere(NettyTransport transport) throws Exception {
    int bytes = 32 << 20; // no socket takes that at once
    try (RelayFixture pair = fixture(transport)) {
      HomeLoop.of(pair.clientChannel)
          .post(() -> pair.clientChannel.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes])));
      await().until(() -> pair.clientChannel.bytesBeforeWritable() > 0);
      moveToUpstream(pair, () -> {});

      assertThat(pair.client.getInputStream().readNBytes(bytes)).hasSize(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void oneThatIsClosedOnTheWayArrivesAllTheSame(NettyTransport transport) throws Exception {
    for (int i = 0; i < 50; i++) {
      try (RelayFixture pair = fixture(transport)) {
        HomeLoop home = HomeLoop.of(pair.clientChannel);
        CompletableFuture<Void> moved = new CompletableFuture<>();
        home.post(
            () -> {
              home.moveTo(pair.upstreamChannel.eventLoop(), () -> moved.complete(null));
              Closing.reset(pair.clientChannel);
            });
        Closing.reset(pair.clientChannel);

        moved.get(60, SECONDS);
        pair.clientChannel.closeFuture().get(60, SECONDS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void aTimerRunsWhereTheChannelIsByThen(NettyTransport transport) throws Exception {
    try (RelayFixture pair = fixture(transport)) {
      HomeLoop home = HomeLoop.of(pair.clientChannel);
      CompletableFuture<Boolean> here = new CompletableFuture<>();
      CountDownLatch moved = new CountDownLatch(1);
      home.post(
          () -> {
            home.in(
                Duration.ofMillis(1),
                () -> here.complete(pair.upstreamChannel.eventLoop().inEventLoop()));
            home.moveTo(pair.upstreamChannel.eventLoop(), moved::countDown);
          });

      assertThat(moved.await(60, SECONDS)).isTrue();
      assertThat(here.get(60, SECONDS)).isTrue();
    }
  }

  private static RelayFixture fixture(NettyTransport transport) throws Exception {
    return new RelayFixture(transport, RelayFixture.On.TWO_LOOPS, 1 << 20, 1 << 20);
  }

  private static void moveToUpstream(RelayFixture pair, Runnable then) throws Exception {
    HomeLoop home = HomeLoop.of(pair.clientChannel);
    CompletableFuture<Void> moved = new CompletableFuture<>();
    home.post(
        () ->
            home.moveTo(
                pair.upstreamChannel.eventLoop(),
                () -> {
                  then.run();
                  moved.complete(null);
                }));
    moved.get(60, SECONDS);
  }

  private static final class Reader extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<String> read;

    Reader(CompletableFuture<String> read) {
      this.read = read;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      read.complete(bytes.toString(US_ASCII));
      bytes.release();
    }
  }
}
