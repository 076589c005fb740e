package culvert.proxy.ftp;

import culvert.config.FtpSettings;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import culvert.proxy.relay.Relay;
import culvert.ssh.Originator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes a session's data connections: in passive mode exactly one for each announcement, when the
 * client comes for it; on the way of the control connection. A connection lives on its client's
 * loop; the session, on another one, hears of its beginning and end.
 */
final class DataConnector {
  private final FtpSession session;
  private final Upstream upstream;
  private final Route route;
  private final Relay relay;

  DataConnector(FtpSession session, Upstream upstream, Route route, Relay relay) {
    this.session = session;
    this.upstream = upstream;
    this.route = route;
    this.relay = relay;
  }

  /** Connects the client that comes for an announcement of the server's. */
  DataTaker taker(PassiveReply announced) {
    return new DataTaker() {
      @Override
      public void take(Client client, ConnectionRecorder recorder) {
        connect(client, recorder, announced);
      }

      @Override
      public void arriving(Future<?> known) {
        session.dataArriving(known);
      }
    };
  }

  /**
   * Connects a client to where the server listens, answers it and relays. On the client's loop.
   *
   * @return completes there, when the client was answered
   */
  Future<Void> connect(Client client, ConnectionRecorder recorder, PassiveReply announced) {
    begin(client, recorder);
    Arrival arrival = new Arrival();
    Promise<Void> answered = client.channel().eventLoop().newPromise();
    upstream
        .connect(
            elsewhere(announced),
            announced.port(),
            Originator.of(client.address()),
            client.channel().eventLoop(),
            arrival.initializer())
        .addListener(
            (FutureListener<DuplexChannel>)
                done -> {
                  if (done.isSuccess()) {
                    join(client, recorder, arrival, done.getNow(), answered);
                  } else {
                    giveUp(client, recorder, done.cause());
                    answered.setFailure(done.cause());
                  }
                });
    return answered;
  }

  private Optional<InetAddress> elsewhere(PassiveReply announced) {
    return route
        .ftp()
        .filter(ftp -> ftp.settings().passiveAddress() == FtpSettings.PassiveAddress.ANNOUNCED)
        .flatMap(ftp -> announced.address());
  }

  /** A client has come, or was called, for data. On its loop, as is everything below. */
  void begin(Client client, ConnectionRecorder recorder) {
    recorder.routed("ftp-data", route.action().toString());
    if (upstream instanceof Upstream.Tunnelled tunnelled) {
      recorder.tunnelled(tunnelled.server().toString(), tunnelled.user());
    }
    session.dataStarted(client.channel());
  }

  /** There will be no data for a client that has begun. */
  void giveUp(Client client, ConnectionRecorder recorder, Throwable cause) {
    session.dataEnded(client.channel());
    client.refuse(Refusals.of(cause));
    recorder.ended(EndReason.UPSTREAM_FAILED, String.valueOf(cause.getMessage()));
  }

  /**
   * Relays between a client that has begun and the server, and answers the client: curl tries PASV
   * after a true failure of the front door only.
   */
  void join(Client client, ConnectionRecorder recorder, Arrival arrival, DuplexChannel server) {
    join(client, recorder, arrival, server, client.channel().eventLoop().newPromise());
  }

  private void join(
      Client client,
      ConnectionRecorder recorder,
      Arrival arrival,
      DuplexChannel server,
      Promise<Void> answered) {
    DuplexChannel channel = client.channel();
    if (!channel.isActive()) {
      String why = "closed before it was connected";
      session.dataEnded(channel);
      arrival.clientBrokeOff(); // for the guard: a server may take nothing for a file
      Closing.reset(server);
      recorder.ended(EndReason.CLIENT_ABORTED, why);
      answered.setFailure(new IllegalStateException("the client's data connection " + why));
      return;
    }
    relay.start(
        channel,
        server,
        recorder,
        (reason, detail) -> {
          arrival.ended(reason);
          session.dataEnded(channel);
          recorder.ended(reason, detail);
        });
    client.accept();
    answered.setSuccess(null);
  }

  /** The server's end of a data connection, on whichever side it was opened. */
  final class Arrival {
    private final AtomicReference<EndReason> end = new AtomicReference<>();

    /** The first thing in the channel's pipeline. */
    ChannelHandler initializer() {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
          UploadGuard guard =
              new UploadGuard(
                  () -> end.get() == EndReason.CLIENT_ABORTED, session::beforeBreakingOff);
          channel.pipeline().addLast("upload-guard", guard);
          channel.pipeline().addLast(EarlyReads.initializer());
        }
      };
    }

    private void ended(EndReason reason) {
      end.set(reason);
    }

    private void clientBrokeOff() {
      ended(EndReason.CLIENT_ABORTED);
    }
  }
}
