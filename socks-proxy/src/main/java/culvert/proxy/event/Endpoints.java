package culvert.proxy.event;

import culvert.config.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as {@code host:port}, with brackets around IPv6. */
public final class Endpoints {
  private Endpoints() {}

  public static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? NetUtil.toSocketAddressString(inet)
        : String.valueOf(address);
  }

  public static String text(String host, int port) {
    return Endpoint.format(host, port);
  }
}
