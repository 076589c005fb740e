package culvert.proxy.ftp.data;

import culvert.config.FtpSettings;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import culvert.proxy.relay.Relay;
import culvert.proxy.relay.RelayListener;
import culvert.proxy.upstream.Refusals;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session's data connections: in passive mode exactly one for each announcement, when the
 * client comes for it; on the way of the control connection. A connection lives on its client's
 * loop, which is its server's as soon as that is there; the session, perhaps on another one, hears
 * of what becomes of it.
 */
public final class DataConnector {
  /** For a client of which nobody knows for which announcement it comes. */
  public static final int UNKNOWN_REQUEST = 0;

  private static final String NOT_THERE = "the client's data connection has ended";

  private final UUID job;
  private final DataSession session;
  private final Upstream upstream;
  private final Route route;
  private final Relay relay;
  private final AtomicInteger unknown = new AtomicInteger();

  /**
   * @param job the session's
   */
  public DataConnector(UUID job, DataSession session, Upstream upstream, Route route, Relay relay) {
    this.job = job;
    this.session = session;
    this.upstream = upstream;
    this.route = route;
    this.relay = relay;
  }

  /**
   * Connects the client that comes for an announcement of the server's.
   *
   * @param request what the server has answered with that, for the session
   */
  public DataTaker taker(int request, PassiveReply announced) {
    return new DataTaker() {
      @Override
      public void take(Client client, ConnectionRecorder recorder) {
        connect(request, client, recorder, announced);
      }

      @Override
      public void arriving(Future<?> known) {
        session.arriving(known);
      }
    };
  }

  /**
   * Connects a client to where the server listens, answers it and relays. On the client's loop.
   *
   * @return completes on that loop, when the client was answered
   */
  public Future<Void> connect(
      int request, Client client, ConnectionRecorder recorder, PassiveReply announced) {
    DataClient data = begin(request, client, recorder);
    Promise<Void> answered = client.channel().eventLoop().newPromise();
    if (data.hasEnded()) {
      return answered.setFailure(new IllegalStateException(NOT_THERE));
    }
    guarded(data, answered, () -> dial(data, announced, answered));
    return answered;
  }

  private void dial(DataClient data, PassiveReply announced, Promise<Void> answered) {
    ServerEnd serverEnd = new ServerEnd();
    upstream
        .connect(
            elsewhere(announced),
            announced.port(),
            Originator.of(data.client().address()),
            data.channel().eventLoop(),
            serverEnd.initializer())
        .addListener(
            (FutureListener<DuplexChannel>)
                done -> guarded(data, answered, () -> dialled(data, serverEnd, done, answered)));
  }

  private void dialled(
      DataClient data, ServerEnd serverEnd, Future<DuplexChannel> server, Promise<Void> answered) {
    if (server.isSuccess()) {
      join(data, serverEnd, server.getNow(), () -> joined(data, answered));
    } else {
      giveUp(data, server.cause());
      answered.setFailure(server.cause());
    }
  }

  private static void joined(DataClient data, Promise<Void> answered) {
    if (data.hasEnded()) {
      answered.setFailure(new IllegalStateException(NOT_THERE));
    } else {
      answered.setSuccess(null);
    }
  }

  /** A defect must not leave anybody waiting. */
  private static void guarded(DataClient data, Promise<Void> answered, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      answered.tryFailure(e);
      data.failed(e);
    }
  }

  private Optional<InetAddress> elsewhere(PassiveReply announced) {
    return route
        .ftp()
        .filter(ftp -> ftp.settings().passiveAddress() == FtpSettings.PassiveAddress.ANNOUNCED)
        .flatMap(ftp -> announced.address());
  }

  /** A client has come, or was called, for data. On its loop, as is everything below. */
  public DataClient begin(int request, Client client, ConnectionRecorder recorder) {
    int number = request == UNKNOWN_REQUEST ? unknown.decrementAndGet() : request;
    DataClient data = new DataClient(session, number, client, recorder);
    Closing.breaksOffAlone(client.channel()); // before it has got anything
    session.started(number, client.channel());
    try {
      recorder.belongsTo(job, number);
      recorder.routed(client.request(), "ftp-data", route.action().toString());
    } catch (RuntimeException | Error e) {
      data.failed(e);
    }
    return data;
  }

  /** There will be no data for a client that has begun. */
  public void giveUp(DataClient data, Throwable cause) {
    if (Refusals.isDefect(cause)) {
      data.failed(cause);
    } else {
      data.refuse(Refusals.of(cause), PlainWords.of(cause));
    }
  }

  /**
   * Relays between a client that has begun and the server, on the server's loop if the client can
   * live there, and answers the client: curl tries PASV after a true failure of the front door
   * only.
   *
   * @param then runs when that is done, where the client has come to live
   */
  public void join(DataClient data, ServerEnd serverEnd, DuplexChannel server, Runnable then) {
    data.client()
        .moveTo(
            server.eventLoop(),
            () -> {
              wire(data, serverEnd, server);
              then.run();
            });
  }

  private void wire(DataClient data, ServerEnd serverEnd, DuplexChannel server) {
    try {
      if (data.channel().isActive()) {
        tellWay(data.recorder());
        relay.start(data.channel(), server, data.recorder(), new Ending(data, serverEnd));
        data.client().accept();
      } else {
        serverEnd.ended(data, EndReason.CLIENT_ABORTED); // a server may take nothing for a file
        data.end(EndReason.CLIENT_ABORTED, "closed before it was connected");
        Closing.reset(server);
      }
    } catch (RuntimeException | Error e) {
      serverEnd.ended(data, EndReason.INTERNAL_ERROR);
      data.failed(e);
      Closing.reset(server);
    }
  }

  private void tellWay(ConnectionRecorder recorder) {
    Optional<Upstream.Tunnelled> tunnel = upstream.tunnel();
    if (tunnel.isPresent()) {
      recorder.tunnelled(tunnel.get().carrier());
    } else {
      upstream.reached().ifPresent(to -> recorder.inPlaintext(to, upstream.fallback()));
    }
  }

  /** How a data connection that stands ends. */
  private final class Ending implements RelayListener {
    private final DataClient data;
    private final ServerEnd serverEnd;

    Ending(DataClient data, ServerEnd serverEnd) {
      this.data = data;
      this.serverEnd = serverEnd;
    }

    @Override
    public void clientEnded() {
      session.clientEnded(data.request());
    }

    @Override
    public void ended(EndReason reason, String detail) {
      serverEnd.ended(data, reason);
      data.end(reason, detail);
    }
  }

  /** The server's end of a data connection, on whichever side it was opened. */
  public final class ServerEnd {
    private record End(int request, EndReason reason) {}

    private volatile @Nullable End end;

    /** The first thing in the channel's pipeline. */
    public ChannelHandler initializer() {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
          UploadGuard guard =
              new UploadGuard(ServerEnd.this::brokenOff, ServerEnd.this::beforeBreakingOff);
          channel.pipeline().addLast("upload-guard", guard);
          channel.pipeline().addLast(EarlyReads.initializer());
        }
      };
    }

    /** By the client, or by a defect of ours: the server has no part in it. */
    private boolean brokenOff() {
      End now = end;
      return now != null
          && (now.reason() == EndReason.CLIENT_ABORTED || now.reason() == EndReason.INTERNAL_ERROR);
    }

    private void beforeBreakingOff(Runnable then) {
      End now = end;
      if (now == null) {
        then.run();
      } else {
        session.beforeBreakingOff(now.request(), then);
      }
    }

    private void ended(DataClient data, EndReason reason) {
      end = new End(data.request(), reason);
    }
  }
}
