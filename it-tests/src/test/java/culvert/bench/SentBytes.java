package culvert.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/** Sends as a relay does: while the channel is writable, and again when it is. */
final class SentBytes extends ChannelInboundHandlerAdapter {
  private static final int PIECE = 64 << 10;
  private static final long DEADLINE_SECONDS = 60;

  private final ByteBuf piece = Unpooled.directBuffer(PIECE).writeZero(PIECE);
  private long left; // by the channel's loop alone, as is what follows
  private ChannelPromise done;

  /** Sends so many, and returns when the last of them has gone. */
  void send(Channel channel, long bytes) throws InterruptedException {
    ChannelPromise all = channel.newPromise();
    channel
        .eventLoop()
        .execute(
            () -> {
              left = bytes;
              done = all;
              fill(channel);
            });
    if (!all.await(DEADLINE_SECONDS, TimeUnit.SECONDS) || !all.isSuccess()) {
      throw new IllegalStateException("the channel has stopped", all.cause());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    fill(context.channel());
  }

  private void fill(Channel channel) {
    while (left > 0 && channel.isWritable()) {
      left -= PIECE;
      ChannelFuture written = channel.write(piece.retainedDuplicate());
      if (left <= 0) {
        written.addListener(
            future -> {
              if (future.isSuccess()) {
                done.setSuccess();
              } else {
                done.setFailure(future.cause());
              }
            });
      }
    }
    channel.flush();
  }

  /** Gives the buffer back. */
  void close() {
    piece.release();
  }
}
