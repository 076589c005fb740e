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
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens a session's data connections: exactly one for each announcement, when the client comes for
 * it, and on the way of the control connection. A connection lives on its client's loop; the
 * session, on another one, hears of its beginning and end.
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
    Optional<InetAddress> elsewhere =
        route
            .ftp()
            .filter(ftp -> ftp.settings().passiveAddress() == FtpSettings.PassiveAddress.ANNOUNCED)
            .flatMap(ftp -> announced.address());
    return (client, recorder) -> take(client, recorder, elsewhere, announced.port());
  }

  private void take(
      Client client, ConnectionRecorder recorder, Optional<InetAddress> elsewhere, int serverPort) {
    recorder.routed("ftp-data", route.action().toString());
    if (upstream instanceof Upstream.Tunnelled tunnelled) {
      recorder.tunnelled(tunnelled.server(), tunnelled.user());
    }
    session.dataStarted(client.channel());
    AtomicReference<EndReason> brokenOff = new AtomicReference<>();
    upstream
        .connect(
            elsewhere,
            serverPort,
            Originator.of(client.address()),
            client.channel().eventLoop(),
            initializer(brokenOff))
        .addListener(
            (FutureListener<DuplexChannel>) done -> connected(client, recorder, done, brokenOff));
  }

  /** The front door's answer waits for this: curl tries PASV after a true failure only. */
  private void connected(
      Client client,
      ConnectionRecorder recorder,
      Future<DuplexChannel> done,
      AtomicReference<EndReason> brokenOff) {
    DuplexChannel channel = client.channel();
    if (!done.isSuccess()) {
      session.dataEnded(channel);
      client.refuse(Refusals.of(done.cause()));
      recorder.ended(EndReason.UPSTREAM_FAILED, String.valueOf(done.cause().getMessage()));
    } else if (!channel.isActive()) {
      session.dataEnded(channel);
      brokenOff.set(
          EndReason.CLIENT_ABORTED); // for the guard: a server may take nothing for a file
      Closing.reset(done.getNow());
      recorder.ended(EndReason.CLIENT_ABORTED, "closed before it was connected");
    } else {
      relay.start(
          channel,
          done.getNow(),
          recorder,
          (reason, detail) -> {
            brokenOff.set(reason);
            session.dataEnded(channel);
            recorder.ended(reason, detail);
          });
      client.accept();
    }
  }

  private ChannelHandler initializer(AtomicReference<EndReason> brokenOff) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        UploadGuard guard =
            new UploadGuard(
                () -> brokenOff.get() == EndReason.CLIENT_ABORTED, session::beforeBreakingOff);
        channel.pipeline().addLast("upload-guard", guard);
        channel.pipeline().addLast(EarlyReads.initializer());
      }
    };
  }
}
