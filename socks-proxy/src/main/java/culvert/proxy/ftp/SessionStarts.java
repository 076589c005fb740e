package culvert.proxy.ftp;

import culvert.config.FtpSettings;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.ftp.passive.CapturedPorts;
import culvert.proxy.ftp.passive.ExpectedPorts;
import culvert.proxy.ftp.passive.ForwardedPorts;
import culvert.proxy.ftp.passive.KnownServer;
import culvert.proxy.ftp.passive.ListeningPorts;
import culvert.proxy.ftp.passive.PassiveServices;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.TunnelPlan;
import io.netty.channel.ChannelHandler;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Begins FTP sessions. What a session needs before its login decides how: nothing ({@link
 * DirectStart}), an SSH session ({@link TunnelStart}), the client's login first ({@link
 * CaptureStart}), or even the destination ({@link UserAtHostStart}).
 */
public final class SessionStarts implements FtpSessions {
  private final FtpServices all;

  public SessionStarts(FtpServices services) {
    this.all = services;
  }

  @Override
  public void start(
      Client client, RoutedRequest routed, DestinationRules rules, ConnectionRecorder recorder) {
    recorder.ftpBegins();
    ConnectionRequest request = routed.request();
    FtpServices services = all.of(client, request);
    Route route = routed.decided().route();
    SessionWay.Ports ports = ports(services, client, request, route);
    FtpSession session =
        new FtpSession(
            services.timeouts(),
            client,
            new SessionWay(services, client, request, route, ports),
            services.expected().recentlyTunnelled(client, reached(request)),
            recorder);
    if (route.ftp().filter(FtpHandling::userAtHost).isPresent()) {
      new UserAtHostStart(all, client, routed, rules, session, recorder).begin();
      return;
    }
    Opening opening = opening(services, request, client, recorder, session);
    if (!(route instanceof Route.FtpTunnel tunnel)) {
      session.begin(new DirectStart(opening));
      if (!client.waitsForAnswer()) {
        session.accept();
      }
      opening.openPlain();
      return;
    }
    TunnelPlan plan =
        TunnelPlan.of(routed.decided().ruleName(), request, tunnel, routed.profile().orElseThrow());
    Optional<LoginDepth> depth = LoginDepth.of(plan.profile());
    if (depth.isPresent()) {
      new CaptureStart(services, client, plan, session, opening, depth.get()).begin();
    } else {
      new TunnelStart(services, client, plan, session, opening).begin();
    }
  }

  /** Of a session's upstream control connection. */
  static Opening opening(
      FtpServices services,
      ConnectionRequest destination,
      Client client,
      ConnectionRecorder recorder,
      FtpSession session) {
    Supplier<ChannelHandler> ends = () -> UpstreamEnd.initializer(session.home());
    return new Opening(
        services.upstreams(),
        destination,
        client,
        new Opening.Use("FTP server ", ends, false),
        recorder,
        session);
  }

  private static Optional<InetAddress> reached(ConnectionRequest request) {
    return request.address() instanceof DestinationAddress.Known known
        ? Optional.of(known.address())
        : Optional.empty();
  }

  /** For a session that leads to this destination on this route. */
  static SessionWay.Ports ports(
      FtpServices services, Client client, ConnectionRequest destination, Route route) {
    PassiveServices passive = services.passive();
    Optional<ForwardedBy> forwardedBy = client.forwardedBy();
    if (forwardedBy.isPresent()) {
      return upstream -> new ForwardedPorts(passive, client, forwardedBy.get());
    }
    if (CommandNamespace.of(client.arrival()).isPresent()) { // where everything is captured
      return upstream -> new ExpectedPorts(KnownServer.of(passive, client, destination, upstream));
    }
    if (client.isCaptured()) {
      return upstream ->
          new CapturedPorts(
              new ExpectedPorts(KnownServer.of(passive, client, destination, upstream)),
              services.captured(),
              client.arrival().own().getAddress(),
              client.channel().eventLoop());
    }
    return listens(route)
        ? upstream ->
            new ListeningPorts(
                passive, client, KnownServer.ofTunnel(passive, client, destination, upstream))
        : upstream -> new ExpectedPorts(KnownServer.of(passive, client, destination, upstream));
  }

  private static boolean listens(Route route) {
    return route
        .ftp()
        .filter(ftp -> ftp.settings().dataConnections() == FtpSettings.DataConnections.LISTENER)
        .isPresent();
  }
}
