package culvert.ssh;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** A channel on its way from who has opened it to who has asked for it. Thread-safe. */
public final class OpenedChannel {
  private OpenedChannel() {}

  /** Completes the promise as the future is; a channel that nobody wants any more is closed. */
  public static void passOn(Future<DuplexChannel> opened, Promise<DuplexChannel> to) {
    if (!opened.isSuccess()) {
      to.tryFailure(opened.cause());
    } else if (!to.trySuccess(opened.getNow())) {
      opened.getNow().close();
    }
  }
}
