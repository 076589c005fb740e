package culvert.proxy.door;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

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
