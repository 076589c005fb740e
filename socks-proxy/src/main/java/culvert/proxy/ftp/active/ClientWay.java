package culvert.proxy.ftp.active;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.relay.EarlyReads;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.Optional;

/** How a client in active mode gets its data connection. */
sealed interface ClientWay {

  /** Whether it serves another transfer after the first one. */
  boolean again();

  /**
   * The client's end of a data connection.
   *
   * @param request the data connection, for the log
   * @param loop where the future completes
   * @return a client that waits for the answer; failed, the cause's message says why
   */
  Future<Client> reach(ConnectionRequest request, EventLoop loop);

  /** It is not needed any more. */
  void close();

  /**
   * The client listens.
   *
   * @param control its control connection
   */
  record Listener(InetSocketAddress address, Client control, ClientDialer dialer)
      implements ClientWay {

    @Override
    public boolean again() {
      return true;
    }

    @Override
    public Future<Client> reach(ConnectionRequest request, EventLoop loop) {
      Promise<Client> reached = loop.newPromise();
      dialer
          .connect(address, loop, EarlyReads.initializer())
          .addListener(
              (FutureListener<DuplexChannel>)
                  connected -> {
                    if (connected.isSuccess()) {
                      reached.setSuccess(
                          new AcceptedClient(
                              Arrival.of(connected.getNow(), address, control.forwardedBy()),
                              request,
                              control.user()));
                    } else {
                      reached.setFailure(connected.cause());
                    }
                  });
      return reached;
    }

    @Override
    public void close() {}
  }

  /**
   * The client waits at a front door, with a BIND.
   *
   * <p>Whoever has reached it sees to its answer. Confined to the session's loop.
   */
  final class Bound implements ClientWay {
    private final BindTable.Waiting bind;
    private final InetSocketAddress peer;
    private boolean reached;

    Bound(BindTable.Waiting bind, InetSocketAddress peer) {
      this.bind = bind;
      this.peer = peer;
    }

    @Override
    public boolean again() {
      return false;
    }

    @Override
    public Future<Client> reach(ConnectionRequest request, EventLoop loop) {
      if (!bind.client().channel().isActive()) {
        return loop.newFailedFuture(new IllegalStateException("the client's BIND has ended"));
      }
      reached = true;
      return loop.newSucceededFuture(new Waited(bind, peer, request));
    }

    @Override
    public void close() {
      if (!reached) {
        bind.refuse(Refusal.GENERAL_FAILURE);
      }
    }
  }

  /**
   * A client that has waited for its second answer.
   *
   * @param peer the FTP server as the client knows it
   */
  record Waited(BindTable.Waiting bind, InetSocketAddress peer, ConnectionRequest request)
      implements Client {

    @Override
    public Arrival arrival() {
      return bind.client().arrival();
    }

    @Override
    public Optional<String> user() {
      return bind.client().user();
    }

    @Override
    public void accept() {
      bind.accept(peer);
    }

    @Override
    public void refuse(Refusal refusal) {
      bind.refuse(refusal);
    }
  }
}
