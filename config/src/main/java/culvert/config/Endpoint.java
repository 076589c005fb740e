package culvert.config;

/**
 * A host (name or literal address, IPv6 without brackets) and a port, as written; nothing is
 * resolved.
 *
 * @param port 0..65535; 0 stands for a free port where one listens
 */
public record Endpoint(String host, int port) {

  public Endpoint {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: a name or an address)");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  /** {@code host:port}, with brackets around an IPv6 address; whatever the two are. */
  public static String format(String host, int port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  @Override
  public String toString() {
    return format(host, port);
  }
}
