package culvert.proxy.ftp.active;

import culvert.config.FtpSettings;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.ControlEffect;
import culvert.proxy.ftp.core.ControlEvent;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.ftp.data.PassiveAddress;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.HomeLoop;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.AddressResolver;
import culvert.ssh.PlainWords;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client in active mode, with one upstream: carries out what the control dialogue asks for, and
 * answers with events. {@link ClientReach} finds the client, {@link ForwardOffers} has the SSH
 * server listen where the rule wants it so, and {@link ActiveTransfer} makes the data connection.
 * Confined to the session's loop.
 */
public final class ActiveData {

  /** The session. */
  public interface Listener {
    void happened(ControlEvent event);

    /** Runs a step here; a defect in it ends the session. */
    void guarded(Runnable step);
  }

  /**
   * What it is built on, for one session.
   *
   * @param resolver on behalf of the session's client
   * @param earlyData how long a server's connection is kept that comes before its transfer
   * @param lateData what a server may take to connect when it has said that the transfer is done
   */
  public record Needs(
      ActiveServices services,
      DirectConnector direct,
      AddressResolver resolver,
      ClientOwners owners,
      HeldPorts held,
      Duration earlyData,
      Duration lateData) {}

  private final Needs needs;
  private final Client client;
  private final ConnectionRequest request;
  private final DataConnector connector;
  private final Optional<ForwardOffers> forwards;
  private final ClientReach clients;
  private final Listener session;
  private final HomeLoop home;
  private final ServerForwards given;
  private @Nullable Future<?>
      step; // the one under way; whatever it has is its own until it is done
  private @Nullable ClientWay way;
  private @Nullable ServerForward forward; // for the next transfer

  /**
   * @param request where the session leads
   * @param serverAddress as the client knows it
   */
  public ActiveData(
      Needs needs,
      Client client,
      ConnectionRequest request,
      Route route,
      Upstream upstream,
      PassiveAddress serverAddress,
      DataConnector connector,
      Listener session) {
    this.needs = needs;
    this.client = client;
    this.request = request;
    this.connector = connector;
    this.session = session;
    this.home = client.home();
    this.clients = new ClientReach(needs, client, serverAddress);
    this.given = new ServerForwards(home, needs.lateData());
    this.forwards =
        upstream
            .tunnel()
            .filter(tunnel -> forwards(route))
            .map(
                tunnel ->
                    new ForwardOffers(
                        new ForwardPlaces(tunnel, needs.resolver()),
                        connector,
                        needs.earlyData(),
                        home));
  }

  private static boolean forwards(Route route) {
    return route
        .ftp()
        .map(FtpHandling::settings)
        .filter(ftp -> ftp.activeMode() == FtpSettings.ActiveMode.REMOTE_FORWARD)
        .isPresent();
  }

  /** The client wants its data there. */
  public void asked(ControlEffect.Active asked) {
    stop();
    given.forgetFinished();
    if (asked.renewed()) {
      use(asked);
      return;
    }
    dropWay();
    step(
        clients.find(asked.target()),
        found -> {
          way = found.getNow().orElse(null);
          use(asked);
        });
  }

  private void use(ControlEffect.Active asked) {
    int number = asked.request();
    if (way == null) {
      tell(new ControlEvent.Refuse(number, asked.target().illegal()));
    } else if (asked.renewed() && !way.again()) {
      tell(
          new ControlEvent.Refuse(
              number, "425 culvert: a BIND serves one transfer, use PORT again."));
    } else if (forwards.isPresent()) {
      step(forwards.get().make(), made -> offered(number, made));
    } else {
      tell(new ControlEvent.Convert(number));
    }
  }

  private void offered(int number, Future<ForwardOffers.Offer> made) {
    if (made.isSuccess()) {
      forward = made.getNow().data();
      tell(new ControlEvent.Rename(number, made.getNow().names()));
    } else {
      tell(new ControlEvent.Refuse(number, "425 culvert: " + PlainWords.of(made.cause())));
    }
  }

  /** A transfer: first the client, then the server. */
  public void open(ControlEffect.OpenData data) {
    ClientWay present = way;
    if (present == null) {
      throw new IllegalStateException("active mode: a transfer without a client to reach");
    }
    ActiveTransfer transfer = new ActiveTransfer(data.request(), needs.services(), connector, home);
    ServerForward offered = forward;
    if (data.server().isPresent()) {
      PassiveReply server = data.server().get();
      transfer.connect(present, dataRequest(server.port()), server);
    } else if (offered != null) {
      transfer.expect(present, dataRequest(ClientReach.DATA_PORT), offered);
    } else {
      throw new IllegalStateException("active mode: a transfer that no server was told of");
    }
    step(transfer.ready(), ready -> opened(data.request(), ready));
  }

  private ConnectionRequest dataRequest(int port) {
    return new ConnectionRequest(
        request.host(),
        new DestinationAddress.NotResolved(),
        port,
        client.address().getAddress(),
        client.request().listener());
  }

  private void opened(int number, Future<Void> ready) {
    home.check();
    if (!ready.isSuccess()) {
      tell(new ControlEvent.NotOpened(number, PlainWords.of(ready.cause())));
      return;
    }
    if (forward != null) {
      given.add(forward);
      forward = null;
    }
    tell(new ControlEvent.Opened(number));
  }

  /** The transfer that was to come does not. */
  public void givenUp() {
    stop();
  }

  /** A transfer for which the server was to connect has had its final reply. */
  public void transferEnded(boolean failed) {
    given.transferEnded(failed);
  }

  /** The client's last PORT is not used any more. */
  public void ended() {
    stop();
    given.forgetFinished();
    dropWay();
  }

  /** The upstream is gone. Data connections go on. */
  public void close() {
    ended();
    given.close();
    clients.close();
  }

  /** One thing is under way at a time; what is stopped is heard of no more. */
  private <T> void step(Future<T> next, Consumer<Future<T>> then) {
    home.check();
    step = next;
    next.addListener(
        (FutureListener<T>)
            done -> {
              if (step == done) {
                step = null;
                session.guarded(() -> then.accept(done));
              }
            });
  }

  /** Nothing that is under way is used any more, but for transfers that the server has heard of. */
  private void stop() {
    home.check();
    Future<?> under = step;
    step = null;
    if (under != null) {
      under.cancel(false);
    }
    if (forward != null) {
      forward.close();
      forward = null;
    }
  }

  private void dropWay() {
    home.check();
    if (way != null) {
      way.close();
      way = null;
    }
  }

  private void tell(ControlEvent event) {
    session.happened(event);
  }
}
