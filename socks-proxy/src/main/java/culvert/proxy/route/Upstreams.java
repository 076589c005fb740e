package culvert.proxy.route;

import culvert.proxy.door.Client;
import culvert.proxy.owner.ClientNames;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.TunnelPins;
import culvert.ssh.AddressResolver;
import culvert.ssh.SshTransport;

/** The ways to servers. */
public record Upstreams(
    AddressResolver resolver, DirectConnector direct, SshTransport ssh, TunnelPins pins) {

  /** The same, with names looked up on a client's behalf. */
  Upstreams of(Client client, ClientOwners owners) {
    return new Upstreams(
        ClientNames.of(resolver, client, owners),
        direct,
        ssh.onBehalfOf(ClientNames.asker(client, owners)),
        pins);
  }
}
