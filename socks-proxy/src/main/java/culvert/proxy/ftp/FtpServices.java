package culvert.proxy.ftp;

import culvert.proxy.owner.ClientOwners;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;

/** What FTP sessions are built on; shared by all of them. */
public record FtpServices(
    SshTransport ssh,
    DirectConnector direct,
    AddressResolver resolver,
    ExpectedDataConnections expected,
    DataListeners listeners,
    ClientOwners owners,
    Relay relay,
    TunnelPins pins,
    FtpTimeouts timeouts) {}
