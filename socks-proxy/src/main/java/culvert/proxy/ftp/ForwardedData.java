package culvert.proxy.ftp;

import culvert.ssh.ForwardedConnections;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote forwards at which the SSH server waits for one data connection of the FTP server's.
 * Whoever comes before there is a transfer is refused, and does not take the FTP server's place.
 * Thread-safe.
 */
final class ForwardedData implements ForwardedConnections, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ForwardedData.class);

  private sealed interface State {
    /** No transfer yet. */
    record Idle() implements State {}

    /** The client is there, and the server has been told to come. */
    record Expecting(DataClient client) implements State {}

    /** The server has come, or will never be let in. */
    record Over() implements State {}
  }

  private final DataConnector connector;
  private final DataPeers peers;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Idle());
  private volatile List<Future<RemoteForward>> requests = List.of();

  ForwardedData(DataConnector connector, DataPeers peers) {
    this.connector = connector;
    this.peers = peers;
  }

  /** The forwards, from the moment on that they were asked for. */
  void requested(List<Future<RemoteForward>> forwards) {
    requests = forwards;
  }

  /**
   * The transfer begins.
   *
   * @param client has begun; it is given up if the server does not come
   * @return whether the server may still come
   */
  boolean expect(DataClient client) {
    State present = state.get();
    return present instanceof State.Idle
        && state.compareAndSet(present, new State.Expecting(client));
  }

  @Override
  public Optional<ChannelHandler> accept(Originator originator) {
    State present = state.get();
    if (!peers.include(originator)) {
      LOG.atWarn()
          .addKeyValue("src", originator.address())
          .log("data connection refused by the remote forward (expected: from {})", peers);
      return Optional.empty();
    }
    if (!(present instanceof State.Expecting expecting)
        || !state.compareAndSet(present, new State.Over())) {
      return Optional.empty();
    }
    cancel();
    DataConnector.Arrival arrival = connector.new Arrival();
    return Optional.of(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(arrival.initializer());
            DataClient client = expecting.client();
            client.onLoop(() -> connector.join(client, arrival, (DuplexChannel) channel));
          }
        });
  }

  /** The server will not come any more. Idempotent. */
  @Override
  public void close() {
    State last = state.getAndSet(new State.Over());
    cancel();
    if (last instanceof State.Expecting expecting) {
      IllegalStateException cause = new IllegalStateException("the FTP server did not connect");
      expecting.client().onLoop(() -> connector.giveUp(expecting.client(), cause));
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
}
