package culvert.it.channel;

import culvert.ssh.NettyTransport;
import culvert.ssh.TcpDialer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Straight to the peer. */
final class TcpWay implements Way {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final TcpDialer dialer;
  private final EventLoopGroup loops;

  TcpWay(NettyTransport transport) {
    dialer = new TcpDialer(transport, Map.of());
    loops = transport.newGroup("contract", 1);
  }

  @Override
  public Pair open(Recorder recorder) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      DuplexChannel channel =
          dialer
              .dial(
                  List.of(LOOPBACK),
                  server.getLocalPort(),
                  Duration.ofSeconds(10),
                  loops.next(),
                  recorder)
              .get(10, TimeUnit.SECONDS);
      return new Pair(channel, server.accept());
    }
  }

  @Override
  public void breakOff(Pair pair) throws Exception {
    pair.peer().setSoLinger(true, 0);
    pair.peer().close();
  }

  @Override
  public void close() throws IOException {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
