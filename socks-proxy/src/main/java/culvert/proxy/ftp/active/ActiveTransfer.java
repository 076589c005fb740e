package culvert.proxy.ftp.active;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataClient;
import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.HomeLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;

/**
 * The data connection of one transfer in active mode: first the client, then the server, and only
 * then does the server hear of the transfer. When the future is cancelled, whoever has come is
 * refused.
 */
final class ActiveTransfer {
  private final int request;
  private final ActiveServices services;
  private final DataConnector connector;
  private final HomeLoop home;
  private final Promise<Void> ready;

  /**
   * @param request for the session
   * @param home the session's
   */
  ActiveTransfer(int request, ActiveServices services, DataConnector connector, HomeLoop home) {
    this.request = request;
    this.services = services;
    this.connector = connector;
    this.home = home;
    this.ready = home.newPromise();
  }

  /** Completes on the session's loop, when the transfer may begin. */
  Future<Void> ready() {
    return ready;
  }

  /** Connects the client with where the FTP server listens. */
  void connect(ClientWay client, ConnectionRequest as, PassiveReply server) {
    reach(
        client,
        as,
        (dataClient, recorder) ->
            connector
                .connect(request, dataClient, recorder, server)
                .addListener(done -> home.postLater(() -> connected(dataClient, done))));
  }

  /** Has the client wait for the FTP server, which connects to where it was told to. */
  void expect(ClientWay client, ConnectionRequest as, ServerForward server) {
    reach(
        client,
        as,
        (dataClient, recorder) -> {
          DataClient data = connector.begin(request, dataClient, recorder);
          home.postLater(() -> expected(data, server));
        });
  }

  /** What to do with a client that has come, on its loop. */
  private interface Next {
    void with(Client client, ConnectionRecorder recorder);
  }

  private void reach(ClientWay client, ConnectionRequest as, Next next) {
    client
        .reach(as, home.loop())
        .addListener(
            (FutureListener<Client>)
                reached -> {
                  if (!reached.isSuccess()) {
                    ready.tryFailure(reached.cause());
                  } else if (ready.isDone()) {
                    refuse(reached.getNow());
                  } else {
                    arrived(reached.getNow(), next);
                  }
                });
  }

  private void arrived(Client dataClient, Next next) {
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            refuse(dataClient);
          }
        });
    dataClient
        .home()
        .postLater(() -> next.with(dataClient, services.connections().begin(dataClient)));
  }

  /** A client that has gone already must not leave an empty file behind. */
  private void connected(Client dataClient, Future<?> done) {
    if (!done.isSuccess()) {
      ready.tryFailure(done.cause());
    } else if (!dataClient.channel().isActive()) {
      ready.tryFailure(new IllegalStateException("the client has closed its port"));
    } else if (!ready.trySuccess(null)) {
      Closing.reset(dataClient.channel()); // given up meanwhile
    }
  }

  private void expected(DataClient data, ServerForward server) {
    if (!ready.isDone() && server.expect(data)) {
      ready.trySuccess(null);
    } else {
      IllegalStateException tooLate = new IllegalStateException("the remote forward has ended");
      data.onLoop(() -> connector.giveUp(data, tooLate));
      ready.tryFailure(tooLate);
    }
  }

  private static void refuse(Client dataClient) {
    dataClient.home().postLater(() -> dataClient.refuse(Refusal.GENERAL_FAILURE));
  }
}
