package culvert.proxy.ftp;

import culvert.config.FtpSettings;
import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import culvert.filter.Route;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import io.netty.channel.EventLoop;
import java.util.Optional;

/**
 * Begins FTP sessions. What a session needs before its login decides how: nothing ({@link
 * DirectStart}), an SSH session ({@link TunnelStart}), or the client's login first ({@link
 * CaptureStart}).
 */
public final class ControlConnections implements FtpSessions {
  private final FtpServices services;

  public ControlConnections(FtpServices services) {
    this.services = services;
  }

  @Override
  public void start(
      Client client,
      ConnectionRequest request,
      Decided decided,
      Optional<SshProfile> profile,
      ConnectionRecorder recorder) {
    Route route = decided.route();
    FtpSession.Ports ports =
        listens(route)
            ? upstream -> new ListeningPorts(services, client)
            : upstream -> new ExpectedPorts(services, client, request, upstream);
    FtpSession session = new FtpSession(services, client, request, route, ports, recorder);
    EventLoop loop = client.channel().eventLoop();
    UpstreamOpener opener =
        new UpstreamOpener(services, request, client.address(), loop, recorder, session);
    if (!(route instanceof Route.FtpTunnel tunnel)) {
      session.begin(new DirectStart(opener));
      if (!client.waitsForAnswer()) {
        session.accept();
      }
      opener.openPlain();
      return;
    }
    TunnelPlan plan = TunnelPlan.of(request, tunnel, profile.orElseThrow());
    if (plan.depth().isPresent()) {
      new CaptureStart(services, client, plan, session, opener, plan.depth().get()).begin();
    } else {
      new TunnelStart(services, client, plan, session, opener).begin();
    }
  }

  private static boolean listens(Route route) {
    return route
        .ftp()
        .filter(ftp -> ftp.settings().dataConnections() == FtpSettings.DataConnections.LISTENER)
        .isPresent();
  }
}
