package culvert.proxy.door;

import culvert.config.Cidr;
import java.net.InetAddress;
import java.util.List;

/** From where clients may come in by one listener. Thread-safe. */
@FunctionalInterface
public interface AllowFrom {

  /** Whoever comes from this host, by whichever of its addresses. */
  AllowFrom THIS_HOST = OwnAddresses.ofThisHost()::surelyContains;

  /** From those networks. */
  static AllowFrom networks(List<Cidr> networks) {
    List<Cidr> all = List.copyOf(networks);
    return address -> all.stream().anyMatch(network -> network.contains(address));
  }

  boolean contains(InetAddress address);
}
