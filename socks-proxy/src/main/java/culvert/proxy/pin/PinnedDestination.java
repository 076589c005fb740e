package culvert.proxy.pin;

import culvert.config.Endpoint;
import culvert.proxy.door.Destination;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;

/**
 * A destination in the one spelling that pins have: names in lower case without a trailing dot,
 * addresses in their canonical form.
 */
public record PinnedDestination(String host, int port) implements Pinned {

  /** Where a person names no port. */
  private static final int FTP = 21;

  /**
   * A destination as a client has named it.
   *
   * @throws IllegalArgumentException the host is none
   */
  static PinnedDestination of(String host, int port) {
    return new PinnedDestination(
        Destination.parse(host).host().toLowerCase(Locale.ROOT), port); // IDN.toASCII keeps case
  }

  static PinnedDestination of(InetAddress address, int port) {
    return new PinnedDestination(NetUtil.toAddressString(address), port);
  }

  /**
   * Reads {@code HOST[:PORT]}, port 21 if it is left out. An IPv6 address stands in brackets where
   * a port follows.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  static PinnedDestination parse(String text) {
    return NetUtil.isValidIpV6Address(text) && !text.startsWith("[")
        ? of(text, FTP)
        : of(Endpoint.parse(text, FTP));
  }

  /** Reads {@code HOST:PORT}. */
  static PinnedDestination parseWithPort(String text) {
    return of(Endpoint.parse(text, 0));
  }

  static PinnedDestination of(Endpoint endpoint) {
    return of(endpoint.host(), endpoint.port());
  }

  @Override
  public String argument() {
    return port == FTP ? host : toString();
  }

  /** {@code host:port}, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return Endpoint.format(host, port);
  }
}
