package culvert.proxy.ftp.passive;

import culvert.filter.DestinationAddress;
import culvert.proxy.door.Client;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a client wants to go, and whose socket it is.
 *
 * @param address of the host; null: not known
 * @param controlPort whether the configuration expects control connections at the port
 */
record DataRequest(
    Client client,
    String host,
    @Nullable InetAddress address,
    int port,
    SocketOwner owner,
    boolean controlPort) {
  private static final int LOWEST_PORT = 1024;

  /** What the client has asked for. */
  static DataRequest of(Client client, SocketOwner owner, boolean controlPort) {
    InetAddress address =
        client.request().address() instanceof DestinationAddress.Known known
            ? known.address()
            : NetUtil.createInetAddressFromIpAddressString(client.request().host());
    return new DataRequest(
        client, client.request().host(), address, client.request().port(), owner, controlPort);
  }

  /** The same under one of the addresses of what it has asked for. */
  static DataRequest at(
      InetAddress address, int port, Client client, SocketOwner owner, boolean controlPort) {
    return new DataRequest(
        client, NetUtil.toAddressString(address), address, port, owner, controlPort);
  }

  /** Whether an FTP server may listen for data there, as far as the configuration knows. */
  boolean mayBeData() {
    return port >= LOWEST_PORT && !controlPort;
  }

  /** What it asks for, as {@link ServerNames} has it. */
  Set<Object> hosts() {
    Set<Object> hosts = new LinkedHashSet<>();
    hosts.add(ServerNames.key(host));
    if (address != null) {
      hosts.add(ServerNames.key(address));
    }
    return hosts;
  }
}
