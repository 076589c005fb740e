package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.door.Refusal;
import culvert.proxy.relay.EarlyReads;
import culvert.ssh.NettyTransport;
import culvert.ssh.TcpDialer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(90)
class TcpConnectorTest {
  private static final InetAddress LOOPBACK = address("127.0.0.1");

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void tellsRefusedUnreachableAndOwnApart(NettyTransport transport) throws Exception {
    if (transport == NettyTransport.EPOLL && !Epoll.isAvailable()) {
      return;
    }
    EventLoopGroup loops = transport.newGroup("test", 1);
    try (ServerSocket full = new ServerSocket(0, 1, LOOPBACK)) {
      EventLoop loop = loops.next();
      OwnListeners own = new OwnListeners();
      TcpConnector connector =
          new TcpConnector(new TcpDialer(transport, Map.of()), Duration.ofSeconds(60), own);

      assertThat(refusal(connector, List.of(LOOPBACK), closedPort(), loop))
          .isEqualTo(Refusal.CONNECTION_REFUSED);
      // A multicast group is no host: the kernel has no route for TCP to it.
      assertThat(refusal(connector, List.of(address("224.0.0.1")), 21, loop))
          .isEqualTo(Refusal.NETWORK_UNREACHABLE);

      DuplexChannel connected =
          connector
              .connect(
                  List.of(address("127.0.0.3"), LOOPBACK),
                  full.getLocalPort(),
                  loop,
                  EarlyReads.initializer())
              .sync()
              .getNow();
      assertThat(connected.isActive()).isTrue();
      assertThat(connected.config().isAutoRead()).isFalse();
      connected.close().sync();

      own.add(new InetSocketAddress(LOOPBACK, full.getLocalPort()));
      assertThat(refusal(connector, List.of(LOOPBACK), full.getLocalPort(), loop))
          .isEqualTo(Refusal.NOT_ALLOWED);
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  private static Refusal refusal(
      TcpConnector connector, List<InetAddress> addresses, int port, EventLoop loop)
      throws InterruptedException {
    Future<DuplexChannel> connecting =
        connector.connect(addresses, port, loop, EarlyReads.initializer());
    assertThat(connecting.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(connecting.cause()).isInstanceOf(ConnectFailedException.class);
    return ((ConnectFailedException) connecting.cause()).refusal();
  }

  private static int closedPort() throws java.io.IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private static InetAddress address(String literal) {
    return NetUtil.createInetAddressFromIpAddressString(literal);
  }
}
