package culvert.proxy.cli;

import culvert.config.CaptureConfig;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Who {@code explain} takes for the client where nobody is named.
 *
 * @param note why, where that is not what everybody expects
 */
record AssumedClient(InetAddress address, Optional<String> note) {
  private static final InetAddress HERE = NetUtil.LOCALHOST4;

  /**
   * One of this host, or, where other hosts' clients come in, of those.
   *
   * @param destination empty: a name
   */
  static AssumedClient at(
      Optional<ListenerConfig> listener, Optional<InetAddress> destination, CulvertConfig config) {
    List<Cidr> forwarded =
        listener
            .filter(one -> one instanceof ListenerConfig.Redirect by && by.transparent())
            .flatMap(one -> config.capture())
            .map(CaptureConfig::forwarded)
            .orElse(List.of());
    if (forwarded.isEmpty()) {
      return new AssumedClient(HERE, Optional.empty());
    }
    return forwarded.stream()
        .filter(network -> destination.filter(to -> !isOfFamily(network, to)).isEmpty())
        .findFirst()
        .map(AssumedClient::of)
        .orElseGet(
            () ->
                new AssumedClient(
                    HERE,
                    Optional.of(
                        "it is not captured for other hosts: of its family no network is named"
                            + " under forwarded")));
  }

  private static boolean isOfFamily(Cidr network, InetAddress address) {
    return address instanceof Inet6Address == network.address().length > 4;
  }

  private static AssumedClient of(Cidr network) {
    return new AssumedClient(
        first(network),
        Optional.of(
            "by this listener clients of other hosts come in: taken is the first of "
                + network
                + " (--from: another one)"));
  }

  /** Of a network of several the one behind the network's own. */
  private static InetAddress first(Cidr network) {
    byte[] bytes = network.address();
    if (network.prefixLength() < 8 * bytes.length) {
      bytes[bytes.length - 1]++;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("no address: " + network, e);
    }
  }
}
