package culvert.ssh.mina.channel;

import culvert.config.Endpoint;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;

/**
 * A direct-tcpip or forwarded-tcpip channel as a Netty channel; {@link
 * culvert.ssh.SshSession#openDirectTcpip} says what it promises. Confined to the event loop of its
 * SSH connection, as every Netty channel is to its own.
 */
public final class SshDuplexChannel extends AbstractChannel implements DuplexChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  /** Beyond that, a closed channel is gone without the server's CLOSE. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final NettyIoSession connection;
  private final TcpipChannel ssh;
  private final ChannelHandler initializer;
  private final Promise<DuplexChannel> opened;
  private final PeerAddress peer;
  private final OutputHalf output;
  private final ReceiveWindow window;
  private final InputHalf input;
  private final Promise<Void> gone;
  private volatile boolean open = true;
  private volatile boolean active;

  /** Nothing comes any more: the server's CLOSE, or the end of its session. */
  private boolean ended;

  private SshDuplexChannel(
      NettyIoSession connection,
      TcpipChannel ssh,
      PeerAddress peer,
      ReceiveWindow window,
      ChannelHandler initializer,
      Promise<DuplexChannel> opened) {
    super(null);
    this.connection = connection;
    this.ssh = ssh;
    this.peer = peer;
    this.initializer = initializer;
    this.opened = opened;
    ssh.attach(new Messages(), window);
    this.output = new OutputHalf(ssh, connection, this::flushAgain);
    this.window = window;
    this.input = new InputHalf(this, connection, window, ssh.getLocalWindow());
    this.gone = connection.eventLoop().newPromise();
    config.setAutoRead(false);
  }

  /**
   * Completes when the channel is closed and the server has said so too, or has not for a while; or
   * when it could not be opened. Before that the session must not be left: a server that hears of
   * that drops what it has not yet passed on.
   */
  public Future<Void> gone() {
    return gone;
  }

  /**
   * Asks the SSH server for a channel. On the event loop of the SSH connection.
   *
   * @param window how much the server may send
   * @param opened completes when the server has answered
   * @return the channel, closed already where it could not even be asked for
   */
  public static SshDuplexChannel open(
      Session session,
      NettyIoSession connection,
      TunnelTarget target,
      Originator originator,
      ReceiveWindow window,
      ChannelHandler initializer,
      Promise<DuplexChannel> opened) {
    DirectTcpipChannel ssh = new DirectTcpipChannel(target, originator);
    SshDuplexChannel channel =
        new SshDuplexChannel(
            connection, ssh, new PeerAddress(target.toString()), window, initializer, opened);
    try {
      connection.inBatch(
          () -> {
            session.getService(ConnectionService.class).registerChannel(ssh);
            ssh.sendOpen();
            window.asked();
          });
    } catch (Exception e) {
      channel.failOpen(
          new SshException(SshFailure.SESSION_ENDED, "SSH session ended: " + PlainWords.of(e), e));
    }
    return channel;
  }

  /**
   * Takes a channel that the server asks for. On the event loop of the SSH connection.
   *
   * @param window how much the server may send
   */
  public static SshDuplexChannel accept(
      NettyIoSession connection,
      ForwardedTcpipChannel ssh,
      Originator originator,
      ReceiveWindow window,
      ChannelHandler initializer) {
    SshDuplexChannel channel =
        new SshDuplexChannel(
            connection,
            ssh,
            new PeerAddress(Endpoint.format(originator.address(), originator.port())),
            window,
            initializer,
            connection.eventLoop().newPromise());
    ssh.confirm();
    return channel;
  }

  private void failOpen(SshException failure) {
    open = false;
    opened.tryFailure(failure);
    unsafe().closeForcibly();
  }

  private final class Messages implements TcpipChannel.ChannelMessages {
    @Override
    public void opened() {
      active = true;
      window.opened();
      // Not before: where the server refuses the channel the same handler may get another one.
      pipeline().addLast(initializer);
      connection.eventLoop().register(SshDuplexChannel.this);
      if (!opened.trySuccess(SshDuplexChannel.this)) {
        close();
      }
    }

    @Override
    public void openFailed(SshException failure) {
      failOpen(failure);
    }

    @Override
    public void data(byte[] bytes, int offset, int length) {
      input.data(bytes, offset, length);
    }

    @Override
    public void eof() {
      input.eof();
    }

    @Override
    public void closeReceived() {
      input.closeReceived();
      connection.afterBatch(SshDuplexChannel.this::heardLast);
    }

    @Override
    public void windowAdjusted() {
      flushAgain();
    }

    @Override
    public void ended() {
      connection.afterBatch(
          () -> connectionEnded(new SshException(SshFailure.SESSION_ENDED, "SSH session ended")));
    }
  }

  /** The SSH connection is gone, and the channel with it. On the event loop. */
  public void connectionEnded(SshException reason) {
    input.endedBy(reason);
    heardLast();
    if (!opened.isDone()) {
      failOpen(reason);
    }
    input.deliver();
  }

  private void heardLast() {
    ended = true;
    if (!open) {
      gone.trySuccess(null);
    }
  }

  @Override
  protected void doBeginRead() {
    input.beginRead();
  }

  private void flushAgain() {
    if (active) {
      ((SshUnsafe) unsafe()).flushAgain();
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer pending) throws Exception {
    output.write(pending);
  }

  @Override
  protected Object filterOutboundMessage(Object message) throws Exception {
    if (!(message instanceof ByteBuf)) {
      throw new UnsupportedOperationException(
          "message: " + message.getClass().getName() + " (expected: ByteBuf)");
    }
    if (output.isEnding()) {
      throw new ChannelOutputShutdownException("SSH channel: output was shut down");
    }
    return message;
  }

  @Override
  protected void doClose() throws Exception {
    open = false;
    active = false;
    input.close();
    output.close();
    boolean awaited = ssh.isConfirmed() && !ended;
    try {
      connection.inBatch(() -> ssh.close(false));
    } finally {
      if (awaited && !gone.isDone()) {
        awaitLast();
      } else {
        gone.trySuccess(null);
      }
    }
  }

  private void awaitLast() {
    EventLoop loop = connection.eventLoop();
    if (loop.isShuttingDown()) {
      gone.trySuccess(null);
      return;
    }
    Future<?> enough =
        loop.schedule(this::heardLast, CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    gone.addListener(done -> enough.cancel(false));
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    EventLoop loop = eventLoop();
    if (!loop.inEventLoop()) {
      loop.execute(() -> shutdownOutput(promise));
      return promise;
    }
    try {
      unsafe().flush();
      ChannelOutboundBuffer pending = unsafe().outboundBuffer();
      output.requestEof(pending == null || pending.isEmpty(), promise);
    } catch (Exception e) {
      promise.tryFailure(e);
    }
    return promise;
  }

  /** Input cannot be shut down alone: SSH has no word for it. Closing breaks the channel off. */
  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    return promise.setFailure(new UnsupportedOperationException("SSH channel: shutdownInput"));
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    return close(promise);
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public boolean isInputShutdown() {
    return input.isShutDown();
  }

  @Override
  public boolean isOutputShutdown() {
    return output.isShutDown();
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new SshUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop == connection.eventLoop();
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    promise.setSuccess();
  }

  @Override
  protected SocketAddress localAddress0() {
    return connection.getLocalAddress();
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return peer;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("SSH channel: bind");
  }

  @Override
  protected void doDisconnect() throws Exception {
    doClose();
  }

  private final class SshUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("SSH channel: connect"));
    }

    void flushAgain() {
      flush0();
    }
  }
}
