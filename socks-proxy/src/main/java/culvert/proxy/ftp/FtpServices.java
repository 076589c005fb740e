package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.ftp.active.ActiveMode;
import culvert.proxy.ftp.active.ActiveServices;
import culvert.proxy.ftp.passive.DataListeners;
import culvert.proxy.ftp.passive.ExpectedDataConnections;
import culvert.proxy.ftp.passive.PassiveServices;
import culvert.proxy.owner.ClientNames;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;
import java.net.UnknownHostException;

/**
 * What FTP sessions are built on; shared by all of them.
 *
 * @param listeners for passive mode, where clients do not come through the front door
 * @param active for active mode
 */
public record FtpServices(
    SshTransport ssh,
    DirectConnector direct,
    AddressResolver resolver,
    ExpectedDataConnections expected,
    DataListeners listeners,
    ClientOwners owners,
    ActiveServices active,
    Relay relay,
    TunnelPins pins,
    FtpTimeouts timeouts) {

  /** What passive mode needs. */
  PassiveServices passive() {
    return new PassiveServices(expected, listeners, owners, resolver);
  }

  /** What active mode needs. */
  ActiveMode.Needs activeNeeds() {
    return new ActiveMode.Needs(
        active, direct, resolver, owners, expected, timeouts.earlyData(), timeouts.lateData());
  }

  /**
   * The same for one session: names are looked up on its client's behalf, and where the rules have
   * decided about a name that did not resolve here, it counts as unknown to all that follows.
   */
  FtpServices of(Client client, ConnectionRequest decided) {
    AddressResolver names = ClientNames.of(resolver, client, owners);
    return new FtpServices(
        ssh.onBehalfOf(ClientNames.asker(client, owners)),
        direct,
        decided.address() instanceof DestinationAddress.Unresolvable
            ? (host, executor) ->
                host.equalsIgnoreCase(decided.host())
                    ? executor.newFailedFuture(new UnknownHostException(host))
                    : names.resolve(host, executor)
            : names,
        expected,
        listeners,
        owners,
        active,
        relay,
        pins,
        timeouts);
  }
}
