package culvert.proxy.route;

import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;

/** The ways to servers. */
public record Upstreams(
    AddressResolver resolver, DirectConnector direct, SshTransport ssh, TunnelPins pins) {}
