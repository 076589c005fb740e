package culvert.proxy.door;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.config.Endpoint;
import culvert.ssh.NettyTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(90)
class TcpListenerTest {

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void urgentBytesComeInLine(NettyTransport transport) throws Exception {
    assumeThat(transport != NettyTransport.EPOLL || Epoll.isAvailable()).isTrue();
    EventLoopGroup loops = transport.newGroup("test", 1);
    try {
      CompletableFuture<String> received = new CompletableFuture<>();
      Channel listener =
          TcpListener.bind(
              transport,
              loops,
              "test",
              new Endpoint("127.0.0.1", 0),
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel accepted) {
                  accepted.pipeline().addLast(new Collector(received));
                }
              });
      TcpListener.letIn(listener);
      try (Socket client = new Socket()) {
        client.connect(listener.localAddress());
        client.getOutputStream().write("ABOR\r".getBytes(US_ASCII));
        client.sendUrgentData('\n');
        client.shutdownOutput();
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo("ABOR\r\n");
      }
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void whoComesBeforeAnybodyIsLetInWaits(NettyTransport transport) throws Exception {
    assumeThat(transport != NettyTransport.EPOLL || Epoll.isAvailable()).isTrue();
    EventLoopGroup loops = transport.newGroup("test", 1);
    try {
      CompletableFuture<Channel> letIn = new CompletableFuture<>();
      Channel listener =
          TcpListener.bind(
              transport,
              loops,
              "test",
              new Endpoint("127.0.0.1", 0),
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel accepted) {
                  letIn.complete(accepted);
                }
              });
      try (Socket client = new Socket()) {
        client.connect(listener.localAddress());
        assertThatThrownBy(() -> letIn.get(300, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        TcpListener.letIn(listener);
        assertThat(letIn.get(60, TimeUnit.SECONDS).remoteAddress())
            .isEqualTo(client.getLocalSocketAddress());
      }
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void aPortThatIsTakenIsSaidInPlainWords(NettyTransport transport) throws Exception {
    assumeThat(transport != NettyTransport.EPOLL || Epoll.isAvailable()).isTrue();
    EventLoopGroup loops = transport.newGroup("test", 1);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint("127.0.0.1", taken.getLocalPort());

      assertThatThrownBy(
              () ->
                  TcpListener.bind(
                      transport, loops, "test", endpoint, new ChannelInboundHandlerAdapter()))
          .hasMessage("listener test: cannot bind " + endpoint + ": Address already in use");
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  /** Reads to the end. */
  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> received;

    Collector(CompletableFuture<String> received) {
      this.received = received;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      text.append(bytes.toString(US_ASCII));
      bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        received.complete(text.toString());
        context.close();
      }
    }
  }
}
