package culvert.proxy.handover;

import culvert.ssh.NettyTransport;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;

/** An event loop of one thread that knows whether anything lives on it. */
final class UserLoop extends SingleThreadIoEventLoop {
  UserLoop() {
    super(
        null,
        new DefaultThreadFactory("culvert-exec-user", true),
        NettyTransport.EPOLL.ioHandlers());
  }

  /** Whether no socket does. From any thread. */
  boolean isEmpty() {
    return getNumOfRegisteredChannels() == 0;
  }
}
