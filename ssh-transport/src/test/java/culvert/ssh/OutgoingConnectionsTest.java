package culvert.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class OutgoingConnectionsTest {
  private static final ChannelHandler NOTHING = new ChannelOutboundHandlerAdapter();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final OutgoingConnections outgoing = new OutgoingConnections();
  private EventLoopGroup loops;
  private EventLoop dialling;
  private EventLoop asking;

  @BeforeEach
  void start() {
    assumeThat(Epoll.isAvailable()).isTrue();
    loops = NettyTransport.EPOLL.newGroup("test", 2);
    dialling = loops.next();
    asking = loops.next();
  }

  @AfterEach
  void stop() {
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @Test
  void oneIsKnownFromItsBeginningToItsEnd() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      DuplexChannel channel = dial(server, NOTHING).sync().getNow();
      InetSocketAddress from = (InetSocketAddress) channel.localAddress();
      InetSocketAddress to = (InetSocketAddress) channel.remoteAddress();

      try (Socket accepted = server.accept()) {
        assertThat(accepted.getRemoteSocketAddress()).isEqualTo(from);
        assertThat(contain(from, to)).isTrue();
        assertThat(contain(from, new InetSocketAddress(to.getAddress(), 1))).isFalse();
        assertThat(contain(to, from)).isFalse();
        channel.close().sync();
        assertThat(contain(from, to)).isFalse();
      }
    }
  }

  @Test
  void oneIsKnownAlthoughTheOtherEndIsFasterThanItsConnect() throws Exception {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      ChannelHandler acceptsFirst =
          new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
              channel.pipeline().addFirst(new AcceptedWithinConnect(server, answer));
            }
          };

      dial(server, acceptsFirst).sync().getNow();

      assertThat(answer.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void oneThatFailsIsForgotten() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    CompletableFuture<Channel> dialled = new CompletableFuture<>();
    ChannelHandler tells =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            dialled.complete(channel);
          }
        };
    InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

    assertThat(dial(port, tells).await().isSuccess()).isFalse();

    Channel channel = dialled.get(20, TimeUnit.SECONDS).closeFuture().sync().channel();
    dialling.submit(() -> {}).sync(); // behind all that hear of the close
    assertThat(contain((InetSocketAddress) channel.localAddress(), to)).isFalse();
  }

  /** The kernel may give a port out again before its last owner's loop has said that it is free. */
  @Test
  void oneIsKnownAlthoughAnEarlierOneOfTheSameEndsClosesLate() throws Exception {
    InetSocketAddress from = new InetSocketAddress("192.0.2.1", 40000);
    InetSocketAddress to = new InetSocketAddress("192.0.2.2", 21);
    EmbeddedChannel earlier = connected(from, to);
    EmbeddedChannel later = connected(from, to);

    earlier.close();
    assertThat(contain(from, to)).isTrue();

    later.close();
    assertThat(contain(from, to)).isFalse();
  }

  private EmbeddedChannel connected(InetSocketAddress from, InetSocketAddress to) {
    EmbeddedChannel channel =
        new EmbeddedChannel(outgoing.watch()) {
          @Override
          protected SocketAddress localAddress0() {
            return from;
          }
        };
    channel.connect(to);
    return channel;
  }

  private Future<DuplexChannel> dial(ServerSocket server, ChannelHandler handler) {
    return dial(server.getLocalPort(), handler);
  }

  private Future<DuplexChannel> dial(int port, ChannelHandler handler) {
    return new TcpDialer(NettyTransport.EPOLL, Map.of(), outgoing)
        .dial(List.of(InetAddress.getLoopbackAddress()), port, PATIENCE, dialling, handler);
  }

  private boolean contain(InetSocketAddress from, InetSocketAddress to) throws Exception {
    return outgoing.contain(from, to, asking).sync().getNow();
  }

  /** Has the connection accepted and asked about before its own end knows of it. */
  private final class AcceptedWithinConnect extends ChannelOutboundHandlerAdapter {
    private final ServerSocket server;
    private final CompletableFuture<Boolean> answer;

    AcceptedWithinConnect(ServerSocket server, CompletableFuture<Boolean> answer) {
      this.server = server;
      this.answer = answer;
    }

    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise)
        throws Exception {
      context.connect(remote, local, promise);
      try (Socket accepted = server.accept()) {
        InetSocketAddress from = (InetSocketAddress) accepted.getRemoteSocketAddress();
        Future<Boolean> asked = outgoing.contain(from, (InetSocketAddress) remote, asking);
        assertThat(asked.isDone()).isFalse();
        asked.addListener((Future<Boolean> found) -> answer.complete(found.getNow()));
      }
    }
  }
}
