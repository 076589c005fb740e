package culvert.proxy.door;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Which addresses one host can have, and which this one has. */
public final class HostAddress {
  private static final InetAddress BROADCAST =
      NetUtil.createInetAddressFromIpAddressString("255.255.255.255");

  private HostAddress() {}

  /**
   * Not one that stands for any host, or for several. Above all: who connects to the unspecified
   * address reaches this very host, whatever the rules say of its loopback addresses.
   */
  public static boolean isOne(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !address.equals(BROADCAST);
  }

  /**
   * Of what a name server has answered the addresses that {@link #isOne are one host's}, in the
   * same order. Java takes an IPv4-mapped one for one of IPv6 and for nobody's, although who
   * connects there connects to that IPv4 address.
   */
  public static List<InetAddress> of(InetAddress... answered) {
    return Arrays.stream(answered).map(HostAddress::plain).filter(HostAddress::isOne).toList();
  }

  private static InetAddress plain(InetAddress address) {
    try {
      InetAddress plain = InetAddress.getByAddress(address.getAddress());
      return plain instanceof Inet4Address ? plain : address; // that may have a scope
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // an address is of either length
    }
  }

  /**
   * Whether the address is one of this host's own. Every one of 127.0.0.0/8 is, although its
   * interface has only one. Looks at the interfaces each time; who asks often asks {@link
   * OwnAddresses}.
   */
  public static boolean isThisHost(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return true;
    }
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      // Then no interface can be looked at; a listener's own address is still compared.
      return true;
    }
  }
}
