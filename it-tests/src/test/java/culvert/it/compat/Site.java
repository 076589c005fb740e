package culvert.it.compat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Path;

/**
 * Where a client is sent: an FTP server behind a SOCKS proxy on 127.0.0.1, or one that it takes for
 * reachable.
 *
 * @param socksPort 0: there is none, or the client is not told of it
 * @param host the server's address as the client knows it; only Culvert leads there
 * @param folder the directory for the client on the server, below that of the login
 * @param work a directory for the client here
 */
record Site(
    int socksPort, String host, int port, String user, String password, String folder, Path work) {

  /** The proxy for the JDK's connections. */
  Proxy proxy() {
    return new Proxy(
        Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), socksPort));
  }

  /** The host with what separates an IPv6 address from a port. */
  String hostInUrl() {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  /** A file in the folder. */
  String url(String file) {
    return "ftp://" + rest(file);
  }

  /** The same with the account in it. */
  String urlWithAccount(String file) {
    return "ftp://" + user + ":" + password + "@" + rest(file);
  }

  private String rest(String file) {
    return hostInUrl() + ":" + port + "/" + folder + "/" + file;
  }
}
