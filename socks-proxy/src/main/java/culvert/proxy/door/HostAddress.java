package culvert.proxy.door;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/** Which addresses one host can have. */
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
}
