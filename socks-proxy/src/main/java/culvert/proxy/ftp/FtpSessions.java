package culvert.proxy.ftp;

import culvert.config.SshProfile;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;
import java.util.Optional;

/** Takes FTP control connections over from the routing. */
public interface FtpSessions {

  /**
   * Makes the client's connection an FTP session, which answers the client, opens what the route
   * says and tells the recorder of its end.
   *
   * @param client on whose loop this is called
   * @param request the client's, with what resolving its name has brought: a known address is the
   *     one to connect directly
   * @param decided with a {@link culvert.filter.Route.FtpTunnel} or a {@link
   *     culvert.filter.Route.Direct} that is FTP; the recorder has been told
   * @param profile how to reach the SSH server; empty where the route is direct
   */
  void start(
      Client client,
      ConnectionRequest request,
      Decided decided,
      Optional<SshProfile> profile,
      ConnectionRecorder recorder);
}
