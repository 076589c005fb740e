package culvert.proxy.ftp.passive;

import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.HomeLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * For clients that connect to what the reply names: a listener of ours for each announcement, on
 * the address where the client has reached us. A new announcement takes the place of the last one,
 * as it does on the server.
 */
public final class ListeningPorts implements PassivePorts {
  private static final Duration UNTIL_IT_COMES = Duration.ofSeconds(1);

  private final DataListeners listeners;
  private final InetAddress own;
  private final DataListener.Awaited awaited;
  private final HomeLoop home;
  private final Optional<Announcements> net;
  private @Nullable DataListener present;
  private int newest; // announcement
  private boolean stopped;
  private boolean comesFirst = true; // before a transfer begins

  /**
   * @param known under what the client may ask the front door for the server's data all the same
   */
  public ListeningPorts(PassiveServices services, Client client, Optional<KnownServer> known) {
    this.listeners = services.listeners();
    this.own = client.arrival().own().getAddress();
    this.awaited =
        new DataListener.Awaited(
            client.address().getAddress(),
            client.user(),
            known
                .map(server -> server.announcements().client().owner())
                .orElseGet(() -> services.owners().socket(client.arrival())),
            client.request().listener());
    this.home = client.home();
    this.net = known.map(KnownServer::announcements);
  }

  @Override
  public Future<Announced> expect(
      int request, PassiveReply reply, boolean extended, DataTaker taker) {
    home.check();
    closePresent();
    int mine = ++newest;
    if (!extended && !(own instanceof Inet4Address)) {
      return home.loop()
          .newFailedFuture(
              new IllegalStateException(
                  "PASV cannot name " + NetUtil.toAddressString(own) + ", use EPSV"));
    }
    Promise<Announced> announced = home.newPromise();
    listeners
        .listen(own, awaited, new Claiming(request, taker), home.loop())
        .addListener(
            (Future<DataListener> listening) -> {
              if (!listening.isSuccess()) {
                announced.setFailure(listening.cause());
              } else if (stopped || mine != newest) {
                listening.getNow().close();
                announced.setFailure(new IllegalStateException("the FTP session has ended"));
              } else {
                present = listening.getNow();
                taker.arriving(arrival(present));
                DataTaker other = new ThroughFrontDoor(present, taker);
                int port = present.address().getPort();
                net.ifPresent(part -> part.expectHere(request, port, other));
                announced.setSuccess(announcement(present.address()));
              }
            });
    return announced;
  }

  /**
   * What the server says waits until the client has come: one that is told at once that its upload
   * may begin could have closed a small file's socket before that socket's owner is found. There
   * are clients that wait for that word; they are waited for once.
   */
  private Future<Void> arrival(DataListener listener) {
    Promise<Void> hasCome = home.newPromise();
    if (!comesFirst || awaited.owner().getNow() instanceof SocketOwner.Unknown) {
      return hasCome.setSuccess(null);
    }
    var timer =
        home.in(
            UNTIL_IT_COMES,
            () -> {
              comesFirst = !hasCome.trySuccess(null);
            });
    listener
        .over()
        .addListener(
            over -> {
              timer.cancel(false);
              hasCome.trySuccess(null);
            });
    return hasCome;
  }

  private static Announced announcement(InetSocketAddress listening) {
    return new Announced(
        listening.getAddress() instanceof Inet4Address address
            ? Optional.of(address)
            : Optional.empty(),
        listening.getPort());
  }

  private void closePresent() {
    if (present != null) {
      present.close();
      present = null;
    }
  }

  @Override
  public void awaitData(int request) {
    net.ifPresent(part -> part.awaitData(request));
  }

  @Override
  public void settled(int request) {
    net.ifPresent(part -> part.settled(request));
  }

  @Override
  public boolean stop() {
    home.check();
    stopped = true;
    closePresent();
    return net.map(Announcements::stopExpecting).orElse(false);
  }

  @Override
  public void close() {
    stop();
    net.ifPresent(Announcements::close);
  }

  /** For a client that comes for the listener's port through the front door all the same. */
  private record ThroughFrontDoor(DataListener listener, DataTaker taker) implements DataTaker {
    @Override
    public void take(Client client, ConnectionRecorder recorder) {
      if (listener.takeOver()) {
        taker.take(client, recorder);
      } else {
        recorder.ended(EndReason.REFUSED, "no data connection is expected any more");
        client.refuse(Refusal.NOT_ALLOWED);
      }
    }

    @Override
    public void arriving(Future<?> known) {
      taker.arriving(known);
    }
  }

  /** Tells the table that the client has come. */
  private final class Claiming implements DataTaker {
    private final int request;
    private final DataTaker taker;

    Claiming(int request, DataTaker taker) {
      this.request = request;
      this.taker = taker;
    }

    @Override
    public void take(Client client, ConnectionRecorder recorder) {
      net.ifPresent(part -> part.claimedElsewhere(request));
      taker.take(client, recorder);
    }

    @Override
    public void arriving(Future<?> known) {
      taker.arriving(known);
    }
  }
}
