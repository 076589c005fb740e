package culvert.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts what a channel has received, on its loop; any thread may wait for more. */
final class ReceivedBytes extends ChannelInboundHandlerAdapter {
  private static final long DEADLINE_NANOS = 60_000_000_000L;

  private final Object lock = new Object();
  private long bytes; // guarded by lock
  private long awaited = Long.MAX_VALUE; // guarded by lock
  private long unread; // by the loop alone, of one batch

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    unread += buffer.readableBytes();
    buffer.release();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    synchronized (lock) {
      bytes += unread;
      if (bytes >= awaited) {
        lock.notifyAll();
      }
    }
    unread = 0;
  }

  /** Waits until so many more have come. */
  void await(long more) throws InterruptedException {
    long start = System.nanoTime();
    synchronized (lock) {
      awaited = bytes + more;
      while (bytes < awaited) {
        lock.wait(1000);
        if (System.nanoTime() - start > DEADLINE_NANOS) {
          throw new IllegalStateException("the channel has stopped");
        }
      }
      awaited = Long.MAX_VALUE;
    }
  }
}
