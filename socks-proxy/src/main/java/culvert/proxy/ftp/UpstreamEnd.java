package culvert.proxy.ftp;

import culvert.proxy.relay.HomeLoop;
import culvert.ssh.Defects;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The upstream end of a control connection. Its channel may live on another loop than the session:
 * what happens there is posted to the session's loop, in order, one task per batch of reads. What
 * happens before the session {@link #listen}s is kept.
 */
final class UpstreamEnd extends ChannelInboundHandlerAdapter {

  /** The session; called on its loop. */
  interface Listener {
    void received(byte[] bytes);

    /** The server's EOF. */
    void inputEnded();

    /**
     * The channel has closed without an EOF before.
     *
     * @param cause what was said about it
     */
    void broke(@Nullable Throwable cause);

    void writabilityChanged();

    /** Something went wrong here that nobody but Culvert is to blame for. */
    void defect(Throwable cause);
  }

  /** The end of a channel, whose pipeline is taken down when it closes. */
  private static final AttributeKey<UpstreamEnd> END =
      AttributeKey.valueOf(UpstreamEnd.class, "end");

  private final HomeLoop home; // the session's

  // confined to the channel's loop
  private List<byte[]> batch = new ArrayList<>();
  private @Nullable Throwable cause;
  private boolean ended;

  // confined to the session's loop
  private final Queue<Runnable> early = new ArrayDeque<>();
  private @Nullable DuplexChannel channel;
  private @Nullable Listener listener;
  private boolean detached;
  private boolean readAsked;

  private UpstreamEnd(HomeLoop home) {
    this.home = home;
  }

  /**
   * For each channel that is tried.
   *
   * @param session where the session lives that its end is for
   */
  static ChannelHandler initializer(HomeLoop session) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        UpstreamEnd end = new UpstreamEnd(session);
        channel.attr(END).set(end);
        channel.pipeline().addLast("ftp-server", end);
      }
    };
  }

  /** The end of a channel that stands. On the session's loop, as is everything below. */
  static UpstreamEnd of(DuplexChannel connected) {
    UpstreamEnd end = connected.attr(END).get();
    if (end == null) {
      throw new IllegalStateException("upstream: connected without a pipeline");
    }
    end.channel = connected;
    return end;
  }

  /** Tells what has happened so far, and from now on at once. */
  void listen(Listener session) {
    home.check();
    listener = session;
    while (!early.isEmpty() && !detached) {
      early.remove().run();
    }
  }

  /** Nothing more is heard from here. */
  void detach() {
    home.check();
    detached = true;
    early.clear();
  }

  DuplexChannel channel() {
    if (channel == null) {
      throw new IllegalStateException("upstream: not attached");
    }
    return channel;
  }

  /** Asks for one batch, unless one is under way. */
  void read() {
    home.check();
    if (!readAsked && !detached && !channel().isInputShutdown()) {
      readAsked = true;
      channel().read();
    }
  }

  boolean writable() {
    return channel().isWritable();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      batch.add(bytes);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    List<byte[]> read = batch;
    batch = new ArrayList<>();
    post(session -> deliver(read, session));
  }

  private void deliver(List<byte[]> read, Listener session) {
    readAsked = false;
    for (byte[] bytes : read) {
      if (!detached) {
        session.received(bytes);
      }
    }
    session.writabilityChanged(); // reads on, wherever there is something to read for
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ended = true;
      List<byte[]> read = batch;
      batch = new ArrayList<>();
      post(session -> deliver(read, session));
      post(Listener::inputEnded);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    post(Listener::writabilityChanged);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Throwable why = cause;
    if (!ended) {
      post(session -> session.broke(why));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    if (Defects.isOne(thrown)) {
      post(session -> session.defect(thrown));
    }
    cause = thrown;
    context.close();
  }

  /** To the session's loop, from any thread; dropped once {@link #detach detached}. */
  void post(Consumer<Listener> event) {
    home.post(() -> run(event)); // where that loop has ended, the session has, too
  }

  private void run(Consumer<Listener> event) {
    Listener session = listener;
    if (detached) {
      return;
    }
    if (session == null) {
      early.add(() -> run(event));
    } else {
      try {
        event.accept(session);
      } catch (RuntimeException | Error e) {
        session.defect(e); // on another loop than the channel's, nobody else would hear of it
      }
    }
  }
}
