package culvert.proxy.ftp;

import culvert.config.Endpoint;
import culvert.config.FtpSettings;
import culvert.filter.ConnectionRequest;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.active.ActiveData;
import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.ftp.data.DataEvents;
import culvert.proxy.ftp.data.PassiveAddress;
import culvert.proxy.ftp.passive.PassivePorts;
import culvert.proxy.ftp.passive.PassiveUpstream;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.Password;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where one session leads: the destination and the route, who makes the upstream control
 * connection, and the upstream that there is at present. Confined to the session's loop.
 */
final class SessionWay {

  /** Makes the upstream control connection; see {@link culvert.proxy.upstream.Opening.Listener}. */
  interface Opener {
    void open(byte[] user, Optional<Password> password);

    /** Nobody waits any more. */
    void cancel();
  }

  /** Finds the way to a destination; see {@link FtpSession#tellLogin}. */
  interface DestinationChoice {

    /**
     * Chooses the destination.
     *
     * @param named by the client in its USER; empty: none
     */
    void choose(Optional<Endpoint> named);
  }

  /** Says where the client comes for data; asked once for each upstream. */
  interface Ports {

    PassivePorts open(PassiveUpstream upstream);
  }

  private final Client client;
  private final List<PassivePorts> holding = new ArrayList<>(); // of upstreams that are gone
  private FtpServices services;
  private ConnectionRequest request;
  private Route route;
  private Ports ports;
  private @Nullable Opener opener;
  private @Nullable DestinationChoice destinations;
  private @Nullable ServerSide server;

  SessionWay(
      FtpServices services, Client client, ConnectionRequest request, Route route, Ports ports) {
    this.services = services;
    this.client = client;
    this.request = request;
    this.route = route;
    this.ports = ports;
  }

  void madeBy(Opener newOpener) {
    opener = newOpener;
  }

  void chosenBy(DestinationChoice choice) {
    destinations = choice;
  }

  /** The next upstream leads elsewhere. */
  void lead(FtpServices newServices, ConnectionRequest newRequest, Route newRoute, Ports newPorts) {
    services = newServices;
    request = newRequest;
    route = newRoute;
    ports = newPorts;
  }

  /** The FTP server, for messages. */
  String host() {
    return request.host();
  }

  void choose(Optional<Endpoint> named) {
    if (destinations == null) {
      throw new IllegalStateException("FTP session: its destination is known");
    }
    destinations.choose(named);
  }

  void open(byte[] user, Optional<Password> password) {
    if (opener == null) {
      throw new IllegalStateException("FTP session: not begun");
    }
    opener.open(user, password);
  }

  /** Takes the upstream into use; nothing is heard from it before {@link ServerSide#listen}. */
  ServerSide attach(FtpSession session, DuplexChannel control, Upstream upstream) {
    SessionData told = new SessionData(session);
    DataEvents events = new DataEvents(client.home(), told);
    DataConnector connector =
        new DataConnector(session.job(), events, upstream, route, services.relay());
    PassiveAddress address = PassiveAddress.of(client, request, services.upstreams().resolver());
    ActiveData active =
        new ActiveData(
            services.activeNeeds(), client, request, route, upstream, address, connector, session);
    PassivePorts passive =
        ports.open(
            new PassiveUpstream(
                upstream, address, reply -> connector.taker(DataConnector.UNKNOWN_REQUEST, reply)));
    DataModes data = new DataModes(passive, active, connector, events);
    ServerSide attached = new ServerSide(control, upstream, data, request.host(), session);
    told.of(attached);
    server = attached;
    return attached;
  }

  /** The present upstream; null: there is none. */
  @Nullable ServerSide present() {
    return server;
  }

  ServerSide server() {
    if (server == null) {
      throw new IllegalStateException("FTP session: no upstream");
    }
    return server;
  }

  boolean throughTunnel() {
    return route instanceof Route.FtpTunnel;
  }

  /** Whether what the session carries must not leave its tunnel, on either side of Culvert. */
  boolean tunnels(ServerSide upstream) {
    return upstream.tunnelled() || client.forwardedBy().isPresent();
  }

  /**
   * Where a client reads for itself what the server says, and can still come for data.
   *
   * @param captured whether Culvert has logged in for it
   */
  boolean passesTls(boolean captured) {
    return (route instanceof Route.Direct && client.forwardedBy().isEmpty())
        || (!captured
            && route.ftp().map(FtpHandling::settings).filter(SessionWay::passesTls).isPresent());
  }

  private static boolean passesTls(FtpSettings settings) {
    return settings.authTls() == FtpSettings.AuthTls.PASS_THROUGH
        && settings.dataConnections() == FtpSettings.DataConnections.SOCKS;
  }

  /** The upstream is not used any more. */
  void drop() {
    ServerSide dropped = server;
    server = null;
    if (dropped != null && dropped.drop()) {
      holding.add(dropped.data().passive());
    }
  }

  /** The session has ended. */
  void close() {
    if (opener != null) {
      opener.cancel();
    }
    drop();
    // A client that has not read our last words may still come for data: never for the rules.
    client.channel().closeFuture().addListener(closed -> holding.forEach(PassivePorts::close));
  }
}
