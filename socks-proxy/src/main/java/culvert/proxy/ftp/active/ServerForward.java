package culvert.proxy.ftp.active;

import culvert.proxy.ftp.data.DataClient;
import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.relay.Closing;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote forwards at which the SSH server waits for one data connection of the FTP server's.
 * Most servers come when they have got the transfer; some, as curl's test server does, as soon as
 * they are told the port: such a connection is kept unread until there is a transfer, and nobody
 * else is let in beside it. Thread-safe.
 */
final class ServerForward implements ForwardedConnections, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerForward.class);

  private sealed interface State {
    /** No transfer yet, and nobody has come. */
    record Idle() implements State {}

    /** No transfer yet, but the server is there. */
    record Kept(Arriving early) implements State {}

    /** The client is there, and the server has been told to come. */
    record Expecting(DataClient client) implements State {}

    /** Both are there. */
    record Joined(Arriving server) implements State {}

    /** The server will never be let in. */
    record Closed() implements State {}
  }

  private final DataConnector connector;
  private final DataPeers peers;
  private final Duration patience;
  private State state = new State.Idle(); // guarded by this, and nothing foreign is called under it
  private volatile List<Future<RemoteForward>> requests = List.of();

  /**
   * @param patience how long a connection is kept for which there is no transfer yet
   */
  ServerForward(DataConnector connector, DataPeers peers, Duration patience) {
    this.connector = connector;
    this.peers = peers;
    this.patience = patience;
  }

  /** The forwards, from the moment on that they were asked for. */
  void requested(List<Future<RemoteForward>> forwards) {
    requests = forwards;
  }

  /**
   * The transfer begins.
   *
   * @param client has begun; it is given up if the server does not come
   * @return whether the server has come or may still come
   */
  boolean expect(DataClient client) {
    Arriving server;
    synchronized (this) {
      if (state instanceof State.Kept kept && kept.early().mayServe()) {
        server = kept.early();
        state = new State.Joined(server);
      } else if (state instanceof State.Idle || state instanceof State.Kept) {
        state = new State.Expecting(client);
        return true;
      } else {
        return false;
      }
    }
    join(client, server);
    return true;
  }

  @Override
  public Optional<ChannelHandler> accept(Originator originator) {
    if (!peers.include(originator)) {
      refused(originator, "expected: from " + peers);
      return Optional.empty();
    }
    Arriving server = new Arriving();
    State before;
    boolean letIn;
    synchronized (this) {
      before = state;
      state = with(server);
      letIn = state != before;
    }
    if (before instanceof State.Expecting expecting) {
      join(expecting.client(), server);
    }
    if (!letIn) {
      refused(originator, "expected: one connection");
      return Optional.empty();
    }
    return Optional.of(server);
  }

  /** What becomes of the state when the server comes; itself where nobody is let in. */
  private State with(Arriving server) {
    assert Thread.holdsLock(this);
    if (state instanceof State.Expecting) {
      return new State.Joined(server);
    }
    boolean free =
        state instanceof State.Idle
            || (state instanceof State.Kept kept && !kept.early().mayServe());
    return free ? new State.Kept(server) : state;
  }

  private static void refused(Originator originator, String why) {
    LOG.atWarn()
        .addKeyValue("client", Map.of("address", originator.address()))
        .log("data connection refused by the remote forward ({})", why);
  }

  private void join(DataClient client, Arriving server) {
    cancel();
    server.opened.addListener(
        (FutureListener<DuplexChannel>)
            opened -> {
              if (!client.onLoop(() -> join(client, server, opened)) && opened.isSuccess()) {
                Closing.reset(opened.getNow());
              }
            });
  }

  private void join(DataClient client, Arriving server, Future<DuplexChannel> opened) {
    if (opened.isSuccess()) {
      connector.join(client, server.serverEnd, opened.getNow(), () -> {});
    } else if (opened.cause() instanceof NotOpened) {
      connector.giveUp(client, opened.cause());
    } else {
      client.failed(opened.cause());
    }
  }

  /**
   * The one that was kept is of no use any more, and the next may come.
   *
   * @return false if it was not that one
   */
  private synchronized boolean forget(Arriving early) {
    boolean kept = state instanceof State.Kept now && now.early() == early;
    if (kept) {
      state = new State.Idle();
    }
    return kept;
  }

  /** The server will not come any more. Idempotent; a connection that is joined goes on. */
  @Override
  public void close() {
    close("the FTP server did not connect");
  }

  /**
   * The same for a reason.
   *
   * @param why for the log, where a client waits
   */
  void close(String why) {
    State last;
    synchronized (this) {
      last = state;
      if (!(last instanceof State.Joined)) {
        state = new State.Closed();
      }
    }
    cancel();
    if (last instanceof State.Expecting expecting) {
      NotOpened cause = new NotOpened(why);
      expecting.client().onLoop(() -> connector.giveUp(expecting.client(), cause));
    } else if (last instanceof State.Kept kept) {
      kept.early().drop(why);
    } else if (last instanceof State.Joined joined) {
      joined.server().opened.tryFailure(new NotOpened(why)); // a channel that was never opened
    }
  }

  private void cancel() {
    requests.forEach(
        forward -> {
          forward.cancel(false);
          forward.addListener(
              (FutureListener<RemoteForward>)
                  done -> {
                    if (done.isSuccess()) {
                      done.getNow().cancel();
                    }
                  });
        });
  }

  /** Nobody is there for the client. */
  private static final class NotOpened extends IOException {
    private static final long serialVersionUID = 1;

    NotOpened(String why) {
      super(why);
    }
  }

  /** A connection of the FTP server's, from before it has a channel. */
  private final class Arriving extends ChannelInitializer<Channel> {
    private final DataConnector.ServerEnd serverEnd = connector.new ServerEnd();
    private final Promise<DuplexChannel> opened = ImmediateEventExecutor.INSTANCE.newPromise();

    /** Not one that the server has closed again. */
    boolean mayServe() {
      return !opened.isDone() || (opened.isSuccess() && opened.getNow().isActive());
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast("kept", new EarlyEnd(this::useless));
      channel.pipeline().addLast(serverEnd.initializer());
      if (!opened.trySuccess((DuplexChannel) channel)) {
        Closing.reset(channel);
        return;
      }
      ScheduledFuture<?> timer =
          channel
              .eventLoop()
              .schedule(
                  () -> useless("no transfer within " + patience.toMillis() + " ms"),
                  patience.toMillis(),
                  TimeUnit.MILLISECONDS);
      channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (forget(this)) {
        LOG.atError().setCause(cause).log("data connection failed");
      }
      opened.tryFailure(cause);
      Closing.reset(context.channel());
    }

    /** Whoever was kept, and is not any more, is reset. */
    void useless(String why) {
      if (forget(this)) {
        drop(why);
      }
    }

    void drop(String why) {
      LOG.debug("early data connection dropped: {}", why);
      opened.tryFailure(new NotOpened(why));
      if (opened.isSuccess()) {
        Closing.reset(opened.getNow());
      }
    }
  }
}
