package culvert.ssh;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** The client on whose behalf a channel is opened, told to the server (RFC 4254 section 7.2). */
public record Originator(String address, int port) {

  public static Originator of(InetSocketAddress client) {
    return new Originator(NetUtil.toAddressString(client.getAddress()), client.getPort());
  }
}
