package culvert.ssh;

import culvert.config.Endpoint;

/**
 * Where a direct-tcpip channel leads, as the SSH server sees it; resolved there.
 *
 * @param port 1..65535
 */
public record TunnelTarget(String host, int port) {
  public TunnelTarget {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }

  public static TunnelTarget of(Endpoint endpoint) {
    return new TunnelTarget(endpoint.host(), endpoint.port());
  }

  @Override
  public String toString() {
    return Endpoint.format(host, port);
  }
}
