package culvert.ssh;

import culvert.config.Endpoint;

/**
 * Where an SSH server listens for a remote forward (RFC 4254 section 7.1).
 *
 * @param host the address to bind as the protocol has it: a name or literal address of the server;
 *     {@code localhost} for its loopback, empty for all its addresses
 * @param port 0..65535; 0: the server chooses
 */
public record BindAddress(String host, int port) {
  public BindAddress {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  @Override
  public String toString() {
    return Endpoint.format(host.isEmpty() ? "*" : host, port);
  }
}
