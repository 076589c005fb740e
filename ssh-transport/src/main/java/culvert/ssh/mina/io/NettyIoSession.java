package culvert.ssh.mina.io;

import culvert.ssh.mina.io.OutgoingPackets.Packet;
import culvert.ssh.mina.io.OutgoingPackets.WriteFuture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.helpers.MissingAttachedSessionException;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one SSH connection. What is read goes to MINA on the channel's event loop; what
 * MINA writes is collected and leaves with one flush at the end of a batch, which is one socket
 * read's worth of packets or one {@link #inBatch}.
 *
 * <p>{@link #writeBuffer}, {@link #close}, {@link #afterBatch} and {@link #nextTurn} may be called
 * from any thread, the rest from the event loop.
 */
public final class NettyIoSession extends AbstractCloseable implements IoSession {
  private static final AtomicLong IDS = new AtomicLong();

  /** So much of what was read goes to MINA at a time. */
  private static final int PIECE_BYTES = 8 * 1024;

  private final long id = IDS.incrementAndGet();
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  private final NettyIoConnector service;
  private final IoHandler handler;
  private final Channel channel;
  private final QuickAck quickAck;

  private final OutgoingPackets outgoing;
  private final AtomicBoolean drainScheduled = new AtomicBoolean();

  // Confined to the event loop.
  private final ArrayDeque<Runnable> atBatchEnd = new ArrayDeque<>();
  private int batchDepth;

  /** It closes when the peer has heard everything, whatever MINA may say. */
  private boolean leaving;

  NettyIoSession(NettyIoConnector service, IoHandler handler, Channel channel) {
    this.service = service;
    this.handler = handler;
    this.channel = channel;
    this.quickAck = QuickAck.of(channel);
    this.outgoing = new OutgoingPackets(channel.alloc());
  }

  /** Creates the SSH session and begins to read. */
  void start() throws Exception {
    service.opened(this);
    channel.pipeline().addLast("ssh", new Inbound());
    inBatch(() -> handler.sessionCreated(this));
    channel.config().setAutoRead(true);
  }

  /** The loop on which everything of this connection happens. */
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  /** Work on MINA's objects. */
  @FunctionalInterface
  public interface SshWork {
    void run() throws Exception;
  }

  /**
   * Runs work that writes packets: they leave with one flush when it is done, and it never blocks,
   * during a key exchange either.
   */
  public void inBatch(SshWork work) throws Exception {
    assert Loops.isOn(eventLoop());
    batchDepth++;
    try {
      asInternal(work);
    } finally {
      endBatch();
    }
  }

  /**
   * Runs the task on the event loop after the batch in which it is, or soon where there is none.
   */
  public void afterBatch(Runnable task) {
    if (channel.eventLoop().inEventLoop() && batchDepth > 0) {
      atBatchEnd.add(task);
    } else {
      execute(task);
    }
  }

  /** Runs the task on the event loop when others have had their turn there. */
  public void nextTurn(Runnable task) {
    execute(task);
  }

  private void endBatch() {
    try {
      while (batchDepth == 1 && !atBatchEnd.isEmpty()) {
        atBatchEnd.remove().run();
      }
    } finally {
      if (--batchDepth == 0) {
        drain();
      }
    }
  }

  /** MINA lets "internal" threads queue what they write during a key exchange; others block. */
  private static void asInternal(SshWork work) throws Exception {
    ThreadUtils.runAsInternal(
        () -> {
          work.run();
          return true;
        });
  }

  private void execute(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      outgoing.fail(e);
    }
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) {
    IoWriteFuture written = outgoing.add(buffer, this);
    boolean batched = channel.eventLoop().inEventLoop() && batchDepth > 0;
    if (!batched && drainScheduled.compareAndSet(false, true)) {
      execute(this::drain);
    }
    return written;
  }

  private void drain() {
    assert Loops.isOn(eventLoop());
    drainScheduled.set(false);
    boolean any = false;
    for (Packet packet = outgoing.next(); packet != null; packet = outgoing.next()) {
      WriteFuture sent = packet.future();
      channel.write(packet.bytes()).addListener(done -> sent.complete(done.cause()));
      any = true;
    }
    if (any) {
      channel.flush();
    }
  }

  /**
   * Ends the output behind everything written so far, and closes when the peer has closed. What it
   * says until then goes to nobody, but is read: a socket that is closed with something unread
   * drops what it has not sent yet.
   *
   * @param patience the peer is waited for so long at most
   */
  public void closeBehindWrites(Duration patience) {
    assert Loops.isOn(eventLoop());
    leaving = true;
    Future<?> enough =
        eventLoop().schedule(() -> channel.close(), patience.toNanos(), TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(closed -> enough.cancel(false));
    drain();
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> shutdownOutputStream());
  }

  @Override
  protected CloseFuture doCloseGracefully() {
    execute(
        () -> {
          drain();
          channel
              .writeAndFlush(Unpooled.EMPTY_BUFFER)
              .addListener(ChannelFutureListener.CLOSE)
              .addListener(done -> closeFuture.setClosed());
        });
    return closeFuture;
  }

  @Override
  protected void doCloseImmediately() {
    // Drops no packet itself, being on any thread: the event loop might still send the next one,
    // and a gap in the numbered and encrypted packets is what the server would take for an attack.
    if (eventLoop().inEventLoop()) {
      closeUnlessLeaving();
    } else {
      execute(this::closeUnlessLeaving); // which may begin there before
    }
    super.doCloseImmediately();
  }

  private void closeUnlessLeaving() {
    if (!leaving) {
      channel.close();
    }
  }

  @Override
  public void shutdownOutputStream() {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  @Override
  public void suspendRead() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resumeRead() {
    channel.config().setAutoRead(true);
  }

  @Override
  public long getId() {
    return id;
  }

  @Override
  public IoService getService() {
    return service;
  }

  @Override
  public SocketAddress getLocalAddress() {
    return channel.localAddress();
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return channel.remoteAddress();
  }

  @Override
  public @Nullable SocketAddress getAcceptanceAddress() {
    return null;
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    return attributes.put(key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    return attributes.putIfAbsent(key, value);
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    return attributes.remove(key);
  }

  @Override
  public String toString() {
    return "NettyIoSession[" + channel + "]";
  }

  /** One socket read is one batch: from the first channelRead to channelReadComplete. */
  private final class Inbound extends ChannelInboundHandlerAdapter {
    private boolean reading;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      ByteBuf bytes = (ByteBuf) message;
      try {
        if (!reading) {
          reading = true;
          batchDepth++;
        }
        asInternal(
            () -> {
              while (bytes.isReadable() && !leaving) {
                handler.messageReceived(NettyIoSession.this, piece(bytes));
              }
            });
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      endRead();
      quickAck.rearm();
    }

    private void endRead() {
      if (reading) {
        reading = false;
        endBatch();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
      endRead();
      service.closed(NettyIoSession.this);
      outgoing.fail(new ClosedChannelException());
      try {
        asInternal(() -> handler.sessionClosed(NettyIoSession.this));
      } catch (MissingAttachedSessionException e) {
        log.debug("channelInactive({}): no SSH session to tell", NettyIoSession.this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
      try {
        asInternal(() -> handler.exceptionCaught(NettyIoSession.this, cause));
      } catch (MissingAttachedSessionException e) {
        close(true);
      }
    }
  }

  /** The next bytes, few: MINA moves what is behind a packet to the front, packet by packet. */
  private static Readable piece(ByteBuf bytes) {
    int length = Math.min(bytes.readableBytes(), PIECE_BYTES);
    return new Readable() {
      @Override
      public int available() {
        return length;
      }

      @Override
      public void getRawBytes(byte[] data, int offset, int length) {
        bytes.readBytes(data, offset, length);
      }
    };
  }
}
