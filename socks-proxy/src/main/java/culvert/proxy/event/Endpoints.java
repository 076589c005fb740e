package culvert.proxy.event;

import culvert.config.Endpoint;
import culvert.config.PasswordsInText;
import culvert.ssh.Printable;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /** With the audit trail's names, for a line of the log. */
  public static Map<String, Object> fields(InetSocketAddress client) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("address", NetUtil.toAddressString(client.getAddress()));
    fields.put("port", client.getPort());
    return fields;
  }

  /** The same of a destination. */
  public static Map<String, Object> fields(String host, int port) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("host", Printable.text(PasswordsInText.maskedName(host)));
    fields.put("port", port);
    return fields;
  }

  /** The same of an SSH session. */
  static Map<String, Object> fields(SshCarrier carrier) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("server", carrier.server());
    fields.put("user", Printable.text(PasswordsInText.maskedUser(carrier.user())));
    return fields;
  }
}
