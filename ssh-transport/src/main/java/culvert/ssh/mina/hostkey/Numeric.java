package culvert.ssh.mina.hostkey;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Addresses as OpenSSH writes them: by getnameinfo(3), while Java spells out every zero. */
final class Numeric {
  private Numeric() {}

  /** With the interface behind an address that means nothing without it. */
  static String of(InetAddress address) {
    String plain = NetUtil.toAddressString(address);
    return address instanceof Inet6Address six && six.getScopeId() != 0
        ? plain + "%" + scope(six)
        : plain;
  }

  private static String scope(Inet6Address address) {
    NetworkInterface known = address.getScopedInterface();
    if (known != null) {
      return known.getName();
    }
    try {
      NetworkInterface found = NetworkInterface.getByIndex(address.getScopeId());
      if (found != null) {
        return found.getName();
      }
    } catch (SocketException e) {
      // its number says the same
    }
    return Integer.toString(address.getScopeId());
  }
}
