package culvert.proxy.ftp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.NettyTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SecretWriteTest {
  /** Stands for the socket: notes what it is given, and has written it when the test says so. */
  private static final class Socket extends ChannelOutboundHandlerAdapter {
    private ByteBuf given;
    private ChannelPromise promise;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      given = (ByteBuf) message;
      this.promise = promise;
    }
  }

  @Test
  void whatWasWrittenIsWipedWhereverItWas() {
    Socket socket = new Socket();
    EmbeddedChannel channel = new EmbeddedChannel(socket);
    byte[] bytes = "PASS secret\r\n".getBytes(US_ASCII);

    SecretWrite.to(channel, bytes);

    assertThat(bytes).containsOnly(0);
    assertThat(socket.given.isDirect()).isTrue();
    assertThat(socket.given.toString(US_ASCII)).isEqualTo("PASS secret\r\n");
    socket.promise.setSuccess();
    channel.runPendingTasks();
    assertThat(socket.given.toString(US_ASCII)).isEqualTo("\0".repeat(bytes.length));
    assertThat(socket.given.release()).as("the socket's was the last reference").isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void nothingIsKeptForAChannelWhoseLoopHasEnded() throws Exception {
    EventLoopGroup loops = NettyTransport.NIO.newGroup("ended", 1);
    UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    Channel channel = new NioSocketChannel();
    channel.config().setAllocator(memory);
    loops.register(channel).sync();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();

    SecretWrite.to(channel, "PASS secret\r\n".getBytes(US_ASCII));

    assertThat(memory.metric().usedDirectMemory()).isZero();
  }
}
