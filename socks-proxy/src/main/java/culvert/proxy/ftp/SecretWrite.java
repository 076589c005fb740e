package culvert.proxy.ftp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.Arrays;

/**
 * Writes bytes that may hold a password, and leaves no copy of them. What is on the heap a socket
 * would copy to a direct buffer, and that goes back to its pool as it is.
 */
final class SecretWrite {
  private SecretWrite() {}

  /** Takes the bytes over, and flushes. */
  static void to(Channel channel, byte[] bytes) {
    ByteBuf buffer = channel.alloc().directBuffer(bytes.length).writeBytes(bytes);
    Arrays.fill(bytes, (byte) 0);
    channel
        .writeAndFlush(buffer.retain(), heardEvenIfTheLoopHasEnded(channel))
        .addListener(
            written -> {
              buffer.setZero(0, buffer.writerIndex());
              buffer.release();
            });
  }

  private static ChannelPromise heardEvenIfTheLoopHasEnded(Channel channel) {
    return new DefaultChannelPromise(channel, ImmediateEventExecutor.INSTANCE);
  }
}
