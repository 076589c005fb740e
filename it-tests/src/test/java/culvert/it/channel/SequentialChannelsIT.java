package culvert.it.channel;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.HeapHistogram;
import culvert.it.peers.RealPeers;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.TunnelTarget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that lives as long as a batch of many thousand files: each data connection is a channel
 * that comes and goes, and none may leave anything behind.
 */
@AnyTransport
class SequentialChannelsIT {
  private static final Logger log = LoggerFactory.getLogger(SequentialChannelsIT.class);
  private static final List<String> ONE_PER_CHANNEL =
      List.of(
          "culvert.ssh.mina.channel.SshDuplexChannel",
          "culvert.ssh.mina.channel.DirectTcpipChannel",
          "org.apache.sshd.common.channel.RemoteWindow",
          "io.netty.channel.DefaultChannelPipeline");
  private static final int WARM_UP = 2_000;

  /** For classes that are loaded late: Netty's table of error messages alone has 2,000. */
  private static final long TOLERATED_INSTANCES = 5_000;

  private static final long TOLERATED_BYTES = 1_000_000; // 20 for each of 50,000 channels

  @Test
  @RealPeers
  void fiftyThousandChannelsOfOneSessionWithSshdLeaveTheHeapFlat() throws Exception {
    leaveTheHeapFlat(SshServers.openSsh("LogLevel INFO"), 50_000, 0);
  }

  /** Its side of each channel lives in this heap, too, and it remembers where each has led. */
  @Test
  void channelsOfOneSessionWithTheEmbeddedServerLeaveTheHeapFlat() throws Exception {
    leaveTheHeapFlat(SshServers.embedded(), 10_000, 1);
  }

  /**
   * @param remembered how many strings the server keeps of each channel
   */
  private static void leaveTheHeapFlat(SshEnd.Server server, int count, int remembered)
      throws Exception {
    try (Target target = new Target();
        SshEnd ssh = new SshEnd(NettyTransport.preferred(), server, "64GiB")) {
      transfer(ssh, target, WARM_UP);
      HeapHistogram before = HeapHistogram.now();
      long start = System.nanoTime();
      transfer(ssh, target, count);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      HeapHistogram after = HeapHistogram.now();

      log.info(
          "{} channels in {} ms: heap {} -> {} bytes",
          count,
          millis,
          before.bytes(),
          after.bytes());
      long strings = (long) remembered * count;
      assertThat(after.grownSince(before, TOLERATED_INSTANCES + strings)).isEmpty();
      assertThat(after.bytes() - before.bytes()).isLessThan(TOLERATED_BYTES + 100 * strings);
      for (String each : ONE_PER_CHANNEL) {
        assertThat(before.of(each) + after.of(each)).as(each).isLessThan(20);
      }
    }
  }

  private static void transfer(SshEnd ssh, Target target, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Download download = new Download();
      DuplexChannel channel =
          ssh.session()
              .openDirectTcpip(
                  new TunnelTarget("127.0.0.1", target.port()),
                  new Originator("127.0.0.1", 1),
                  ssh.callerLoop(),
                  download)
              .get(30, TimeUnit.SECONDS);
      channel.read();
      assertThat(download.whole.get(30, TimeUnit.SECONDS)).isEqualTo(Target.LENGTH);
      assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Counts what comes before a clean end, and then closes. */
  private static final class Download extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Integer> whole = new CompletableFuture<>();
    private int received;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      received += bytes.readableBytes();
      bytes.release();
      ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        whole.complete(received);
        ctx.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      whole.completeExceptionally(cause);
      ctx.close();
    }
  }

  /** Sends everybody the same small file. */
  private static final class Target implements AutoCloseable {
    static final int LENGTH = 1000;

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve, "target");

    Target() throws IOException {
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve() {
      byte[] file = new byte[LENGTH];
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          client.getOutputStream().write(file);
        } catch (IOException e) {
          if (!socket.isClosed()) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
