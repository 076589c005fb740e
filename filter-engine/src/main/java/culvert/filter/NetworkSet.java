package culvert.filter;

import culvert.config.Cidr;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The networks of one rule, looked up by each prefix length that occurs. */
final class NetworkSet {
  private final Set<Network> networks;
  private final PrefixLengths lengths;

  NetworkSet(List<Cidr> cidrs) {
    networks = cidrs.stream().map(Network::of).collect(Collectors.toSet());
    lengths = new PrefixLengths(networks);
  }

  /** Whether there is no condition on the address. */
  boolean isUnconditional() {
    return networks.isEmpty();
  }

  /** Whether every address there is lies in one of the networks. */
  boolean containsEveryAddress() {
    return networks.isEmpty() || lengths.coverEverything();
  }

  boolean contains(IpAddress address) {
    return networks.isEmpty() || contains(Network.of(address));
  }

  private boolean contains(Network network) {
    for (int length : lengths.of(network.address())) {
      if (length > network.length()) {
        return false;
      }
      if (networks.contains(network.within(length))) {
        return true;
      }
    }
    return false;
  }

  /** Whether every address that lies in {@code other} lies here; true is a proof. */
  boolean covers(NetworkSet other) {
    return networks.isEmpty()
        || (!other.networks.isEmpty() && other.networks.stream().allMatch(this::contains));
  }

  Set<Network> networks() {
    return networks;
  }
}
