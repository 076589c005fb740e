package culvert.proxy.ftp.data;

import culvert.proxy.relay.Loops;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Holds a data channel's close back until the FTP server was told that the upload is broken off:
 * sshd turns every close into an orderly end towards the server, which would take the fragment for
 * the file. Confined to the data channel's loop.
 */
final class UploadGuard extends ChannelOutboundHandlerAdapter {
  private final BooleanSupplier brokenOff;
  private final Consumer<Runnable> tellServer;
  private boolean told;

  /**
   * @param brokenOff whether the connection ends before the client's data, and not by the server
   * @param tellServer is given what to do when the server has been told; any thread may do it
   */
  UploadGuard(BooleanSupplier brokenOff, Consumer<Runnable> tellServer) {
    this.brokenOff = brokenOff;
    this.tellServer = tellServer;
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    DuplexChannel channel = (DuplexChannel) context.channel();
    if (!channel.isActive() || channel.isOutputShutdown() || !brokenOff.getAsBoolean()) {
      context.close(promise);
    } else if (told) {
      channel.closeFuture().addListener(closed -> promise.trySuccess());
    } else {
      told = true;
      tellServer.accept(() -> closeOnLoop(context, promise));
    }
  }

  private static void closeOnLoop(ChannelHandlerContext context, ChannelPromise promise) {
    Loops.execute(context.channel().eventLoop(), () -> context.close(promise));
  }
}
