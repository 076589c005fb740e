package culvert.filter;

import java.util.Collection;

/** The prefix lengths that occur among some networks, so that only these are looked up. */
final class PrefixLengths {
  private final int[] lengths4;
  private final int[] lengths6;

  PrefixLengths(Collection<Network> networks) {
    lengths4 = lengths(networks, 32);
    lengths6 = lengths(networks, 128);
  }

  private static int[] lengths(Collection<Network> networks, int width) {
    return networks.stream()
        .filter(network -> network.address().width() == width)
        .mapToInt(Network::length)
        .distinct()
        .sorted()
        .toArray();
  }

  /** Ascending; of networks as wide as {@code address}. */
  int[] of(IpAddress address) {
    return address.width() == 32 ? lengths4 : lengths6;
  }

  /** Whether 0.0.0.0/0 and ::/0 are there. */
  boolean coverEverything() {
    return lengths4.length > 0 && lengths4[0] == 0 && lengths6.length > 0 && lengths6[0] == 0;
  }
}
