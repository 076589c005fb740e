package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.event.ConnectionRecorder;

/** Takes FTP control connections over from the routing. */
public interface FtpSessions {

  /**
   * Makes the client's connection an FTP session, which answers the client, opens what the route
   * says and tells the recorder of its end.
   *
   * @param client on whose loop this is called
   * @param routed the client's request with a {@link culvert.filter.Route.FtpTunnel} or a {@link
   *     culvert.filter.Route.Direct} that is FTP; the recorder has been told
   * @param rules for another destination that the client names in the session
   */
  void start(
      Client client, RoutedRequest routed, DestinationRules rules, ConnectionRecorder recorder);
}
