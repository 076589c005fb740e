package culvert.proxy.ftp.active;

import culvert.ssh.Originator;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From where an FTP server may come with data, as the SSH server sees it. */
sealed interface DataPeers {

  boolean include(Originator originator);

  /** On the SSH server's own host. */
  record Loopback() implements DataPeers {
    @Override
    public boolean include(Originator originator) {
      InetAddress address = address(originator);
      return address != null && address.isLoopbackAddress();
    }

    @Override
    public String toString() {
      return "loopback";
    }
  }

  /** One of these. */
  record Known(Set<InetAddress> addresses) implements DataPeers {
    public Known {
      addresses = Set.copyOf(addresses);
    }

    @Override
    public boolean include(Originator originator) {
      InetAddress address = address(originator);
      return address != null && addresses.contains(address);
    }

    @Override
    public String toString() {
      return addresses.stream()
          .map(NetUtil::toAddressString)
          .sorted()
          .collect(Collectors.joining(", "));
    }
  }

  /** Nothing is known. */
  record Anybody() implements DataPeers {
    @Override
    public boolean include(Originator originator) {
      return true;
    }
  }

  /** An IPv4 address where it is written as an IPv6 one; null: no address at all. */
  private static @Nullable InetAddress address(Originator originator) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(originator.address());
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
