package culvert.proxy.handover;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection that is made here for somebody else. It is no channel: a channel reads what has
 * come when its peer has ended, even with reading off, and what it reads the other one lacks.
 * Confined to its event loop.
 */
final class Connecting implements EpollIoHandle {
  /** SOL_IP and IP_TRANSPARENT of Linux. */
  private static final int SOL_IP = 0;

  private static final int IP_TRANSPARENT = 19;

  private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

  private final Socket socket = Socket.newSocketStream();
  private final Promise<FileDescriptor> connected;

  private Connecting(IoEventLoop loop) {
    this.connected = loop.newPromise();
  }

  /**
   * Connects. The caller closes what it is given.
   *
   * @param source with a port that may be in use by other connections
   */
  static Future<FileDescriptor> connect(
      IoEventLoop loop, InetSocketAddress source, InetSocketAddress to, Duration patience) {
    Connecting connecting = new Connecting(loop);
    loop.execute(() -> connecting.begin(loop, source, to, patience));
    return connecting.connected;
  }

  private void begin(
      IoEventLoop loop, InetSocketAddress source, InetSocketAddress to, Duration patience) {
    try {
      socket.setReuseAddress(true); // many transfers come from one port
      beTransparent();
      socket.bind(source);
      if (socket.connect(to)) {
        connected.setSuccess(socket);
        return;
      }
    } catch (IOException e) {
      fail(e);
      return;
    }
    loop.register(this)
        .addListener(
            (FutureListener<IoRegistration>)
                registered -> {
                  if (registered.isSuccess()) {
                    await(loop, registered.getNow(), patience);
                  } else {
                    fail(registered.cause());
                  }
                });
  }

  /** Without it IPv6 binds to no address that is routed here and not set, which IPv4 does. */
  private void beTransparent() {
    try {
      socket.setIntOpt(SOL_IP, IP_TRANSPARENT, 1);
    } catch (IOException e) {
      LOG.debug("not transparent", e); // for lack of privilege; bind says what that means
    }
  }

  private void await(IoEventLoop loop, IoRegistration registration, Duration patience) {
    registration.submit(EpollIoOps.EPOLLOUT);
    Future<?> late =
        loop.schedule(
            () -> {
              registration.cancel();
              fail(new SocketException("connection timed out"));
            },
            patience.toMillis(),
            TimeUnit.MILLISECONDS);
    connected.addListener(done -> late.cancel(false));
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    try {
      if (socket.finishConnect()) {
        registration.cancel(); // before anybody else has it
        connected.trySuccess(socket);
      }
    } catch (IOException e) {
      registration.cancel();
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    if (connected.tryFailure(cause)) {
      close();
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  /** Also by the event loop's end. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      connected.tryFailure(e);
    }
    connected.tryFailure(new SocketException("connection closed"));
  }
}
