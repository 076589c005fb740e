package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.active.ActiveData;
import culvert.proxy.ftp.active.ActiveServices;
import culvert.proxy.ftp.passive.CapturedData;
import culvert.proxy.ftp.passive.DataListeners;
import culvert.proxy.ftp.passive.ExpectedDataConnections;
import culvert.proxy.ftp.passive.PassiveServices;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.Upstreams;

/**
 * What FTP sessions are built on; shared by all of them.
 *
 * @param listeners for passive mode, where clients do not come through the front door
 * @param captured for captured clients
 * @param active for active mode
 */
public record FtpServices(
    Upstreams upstreams,
    ExpectedDataConnections expected,
    DataListeners listeners,
    CapturedData captured,
    ActiveServices active,
    Relay relay,
    FtpTimeouts timeouts) {

  /** What passive mode needs. */
  PassiveServices passive() {
    return new PassiveServices(expected, listeners, upstreams.owners(), upstreams.resolver());
  }

  /** What active mode needs. */
  ActiveData.Needs activeNeeds() {
    return new ActiveData.Needs(
        active,
        upstreams.direct(),
        upstreams.resolver(),
        upstreams.owners(),
        expected,
        timeouts.earlyData(),
        timeouts.lateData());
  }

  /** The same for one session. */
  FtpServices of(Client client, ConnectionRequest decided) {
    return new FtpServices(
        upstreams.of(client).of(decided), expected, listeners, captured, active, relay, timeouts);
  }
}
