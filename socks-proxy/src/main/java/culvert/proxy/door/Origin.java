package culvert.proxy.door;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a client comes from, as far as addresses can tell clients apart: one client may have many.
 * Any program of this host may have each of its addresses, all of 127.0.0.0/8 among them; a host of
 * an IPv6 network has as many as it likes of that network, by RFC 4291 section 2.5.1 its first 64
 * bits; and what an SSH server tells of its clients is that server's word.
 *
 * @param name equal for one origin
 */
record Origin(String name) {
  private static final Origin THIS_HOST = new Origin("this host");
  private static final int NETWORK_BYTES = 8;

  /** A client's. */
  static Origin of(Arrival client) {
    return client
        .forwardedBy()
        .map(by -> new Origin("ssh server " + by.server()))
        .orElseGet(() -> of(client.peer().getAddress()));
  }

  /**
   * That of an address in one of this host's networks.
   *
   * @param address a client's
   */
  static Origin of(InetAddress address) {
    if (HostAddress.isThisHost(address)) {
      return THIS_HOST;
    }
    return address instanceof Inet6Address ipv6
        ? new Origin(network(ipv6))
        : new Origin(address.getHostAddress());
  }

  private static String network(Inet6Address address) {
    byte[] network =
        Arrays.copyOf(
            Arrays.copyOf(address.getAddress(), NETWORK_BYTES), address.getAddress().length);
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(network)) + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: " + network.length + " bytes", e);
    }
  }

  /** Whether that is this host, whose users may be told apart. */
  boolean isThisHost() {
    return equals(THIS_HOST);
  }
}
