package culvert.proxy.ftp;

import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;

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
    FtpTimeouts timeouts) {}
