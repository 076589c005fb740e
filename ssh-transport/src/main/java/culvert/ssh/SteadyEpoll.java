package culvert.ssh;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll without what it does, up to 4.2.20 at least, to a channel whose peer has ended
 * while nobody reads:
 *
 * <ul>
 *   <li>Such an end ({@code EPOLLRDHUP}) has a channel read all that its socket holds, megabytes,
 *       although reading is off. Here nobody is told of it: the end is read, as with NIO, when it
 *       is its turn.
 *   <li>A channel that waits for nothing is taken out of epoll ({@link EpollIoOps#NONE}, since <a
 *       href="https://github.com/netty/netty/pull/16689">pull request 16689</a>), but {@link
 *       EpollIoHandler} goes on as if it were there: the next time that it has to wait for
 *       anything, the kernel knows no such descriptor, a read closes the channel, and a write that
 *       the peer's window holds up ends the output in the middle. Here it stays, and is told once
 *       of a reset.
 * </ul>
 *
 * <p>Confined to its event loop, but for {@link #wakeup} and registrations.
 */
final class SteadyEpoll implements IoHandler {
  /** Errors, which epoll always tells of, but once: again and again would keep the loop busy. */
  private static final EpollIoOps ERRORS_ONCE = EpollIoOps.EPOLLET;

  private final IoHandler epoll;

  private SteadyEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  /** For event loops whose channels are epoll's. */
  static IoHandlerFactory newFactory() {
    IoHandlerFactory epolls = EpollIoHandler.newFactory();
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new SteadyEpoll(epolls.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return epolls.isChangingThreadSupported();
      }
    };
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  private record Registration(IoRegistration registration) implements IoRegistration {
    @Override
    public long submit(IoOps ops) {
      EpollIoOps asked = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
      return registration.submit(asked.equals(EpollIoOps.NONE) ? ERRORS_ONCE : asked);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's
    public <T> T attachment() {
      return registration.attachment();
    }

    @Override
    public boolean isValid() {
      return registration.isValid();
    }

    @Override
    public boolean cancel() {
      return registration.cancel();
    }
  }
}
