package culvert.proxy.upstream;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.owner.ClientNames;
import culvert.proxy.owner.ClientOwners;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import java.net.UnknownHostException;

/**
 * The ways to servers, and who is asked before one is taken.
 *
 * @param resolver whom everybody asks, {@code ssh} too
 * @param pins for which destinations a server that cannot be reached is no reason for plaintext
 * @param held where nobody is connected directly
 */
public record Upstreams(
    AddressResolver resolver,
    DirectConnector direct,
    GuardedSsh ssh,
    TunnelPins pins,
    HeldPorts held,
    ClientOwners owners,
    OpeningTimes times) {

  /** The same, with names looked up on a client's behalf. */
  public Upstreams of(Client client) {
    Asker asker = ClientNames.asker(client, owners);
    return with(ClientNames.of(resolver, client, asker), ssh.onBehalfOf(asker));
  }

  /**
   * The same for a request: where the rules have decided about a name that did not resolve here, it
   * counts as unknown to all that follows.
   */
  public Upstreams of(ConnectionRequest decided) {
    return decided.address() instanceof DestinationAddress.Unresolvable
        ? with(
            (host, executor) ->
                host.equalsIgnoreCase(decided.host())
                    ? executor.newFailedFuture(new UnknownHostException(host))
                    : resolver.resolve(host, executor),
            ssh)
        : this;
  }

  /** The same, with those ports held. */
  public Upstreams holding(HeldPorts ports) {
    return new Upstreams(resolver, direct, ssh, pins, ports, owners, times);
  }

  private Upstreams with(AddressResolver names, GuardedSsh transport) {
    return new Upstreams(names, direct, transport.asking(names), pins, held, owners, times);
  }
}
