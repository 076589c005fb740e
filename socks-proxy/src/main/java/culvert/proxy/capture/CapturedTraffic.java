package culvert.proxy.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * Which connections of those who are captured are captured, as matches of nft.
 *
 * @param confined whether only destinations of the sets {@code destinations4} and {@code 6}
 */
record CapturedTraffic(PortSet ports, boolean confined) {

  /** Control connections of other services are below that, as FTP's own are. */
  private static final String DATA_PORTS = "1024-65535";

  /** Of clients of Culvert, in a family of addresses. */
  List<String> of(IpFamily family) {
    List<String> matches = new ArrayList<>(control(family));
    matches.add(family.header + " daddr . tcp dport @data" + family.digit);
    matches.add(family.header + " daddr @held" + family.digit + " tcp dport " + DATA_PORTS);
    return matches;
  }

  /** Those by which a client begins. */
  List<String> control(IpFamily family) {
    if (ports.isEmpty()) {
      return List.of();
    }
    String to =
        confined
            ? family.header + " daddr @destinations" + family.digit
            : "meta nfproto " + family.protocol;
    return List.of(to + " tcp dport " + ports);
  }
}
