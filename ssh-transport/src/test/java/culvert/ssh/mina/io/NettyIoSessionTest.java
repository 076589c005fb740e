package culvert.ssh.mina.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NettyIoSessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Socket socket = new Socket();
  private final HalfClosing channel = new HalfClosing(socket);
  private NettyIoSession session;

  @BeforeEach
  void start() throws Exception {
    channel.freezeTime();
    session = new NettyIoSession(new NettyIoConnector(new NoSsh()), new NoSsh(), channel);
    session.start();
  }

  /** Takes what is written when the test says so. */
  private static final class Socket extends ChannelOutboundHandlerAdapter {
    private final Queue<ChannelPromise> waiting = new ArrayDeque<>();
    private final StringBuilder written = new StringBuilder();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ByteBuf bytes = (ByteBuf) message;
      written.append(bytes.toString(US_ASCII));
      bytes.release();
      waiting.add(promise);
    }

    void takeAll() {
      for (ChannelPromise next = waiting.poll(); next != null; next = waiting.poll()) {
        next.setSuccess();
      }
    }
  }

  /** Keeps its input open when its output ends, as a socket does. */
  private static final class HalfClosing extends EmbeddedChannel implements DuplexChannel {
    private boolean outputShutdown;

    HalfClosing(Socket socket) {
      super(socket);
    }

    @Override
    public boolean isInputShutdown() {
      return false;
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShutdown;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
      return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      return promise.setFailure(new UnsupportedOperationException());
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      outputShutdown = true;
      return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdown() {
      return shutdownOutput();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      return shutdownOutput(promise);
    }
  }

  private static final class NoSsh implements IoHandler {
    @Override
    public void sessionCreated(IoSession created) {}

    @Override
    public void sessionClosed(IoSession closed) {}

    @Override
    public void exceptionCaught(IoSession in, Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void messageReceived(IoSession by, Readable message) {
      throw new AssertionError("message after the end");
    }
  }

  private static Buffer packet(String text) {
    return new ByteArrayBuffer(text.getBytes(US_ASCII));
  }

  @Test
  void itsOutputEndsBehindWhatWasWritten() throws Exception {
    session.inBatch(
        () -> {
          session.writeBuffer(packet("one "));
          session.writeBuffer(packet("two "));
        });
    session.writeBuffer(packet("three"));
    session.closeBehindWrites(PATIENCE);

    assertThat(channel.isOutputShutdown()).isFalse();
    assertThat(socket.written).hasToString("one two three");

    socket.takeAll();
    assertThat(channel.isOutputShutdown()).isTrue();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whatThePeerStillSaysIsReadAndGoesToNobody() {
    session.closeBehindWrites(PATIENCE);
    session.close(true);
    ByteBuf late = Unpooled.wrappedBuffer(new byte[9]);

    channel.writeInbound(late);
    assertThat(late.refCnt()).isZero();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whatWasWrittenInsideABatchGoesFirstToo() throws Exception {
    session.inBatch(
        () -> {
          session.writeBuffer(packet("last words"));
          session.closeBehindWrites(PATIENCE);
        });

    assertThat(socket.written).hasToString("last words");
    socket.takeAll();
    assertThat(channel.isOutputShutdown()).isTrue();
  }

  @Test
  void aPeerThatTakesNothingHoldsItUpForAWhileOnly() {
    session.writeBuffer(packet("stuffed"));
    session.closeBehindWrites(PATIENCE);

    channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();

    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }
}
