package culvert.proxy.door;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whose what a client takes or brings is, where that is bounded: where the client comes from, as
 * far as addresses can tell clients apart, and who of those it is. One client may have many
 * addresses. Any program of this host may have each of its addresses, all of 127.0.0.0/8 among
 * them; a host of an IPv6 network has as many as it likes of that network, by RFC 4291 section
 * 2.5.1 its first 64 bits; and what an SSH server tells of its clients is that server's word.
 *
 * @param place equal for all addresses that one client may have
 * @param who empty: it has not been asked who of those it is
 */
public record Origin(String place, Optional<Object> who) {
  private static final Origin THIS_HOST = new Origin("this host");
  private static final int NETWORK_BYTES = 8;
  private static final OwnAddresses HERE = OwnAddresses.ofThisHost();

  private Origin(String place) {
    this(place, Optional.empty());
  }

  /** A client's, of whom nothing is known but where it comes from. */
  public static Origin of(Arrival client) {
    return of(client, HERE::contains);
  }

  /**
   * The same.
   *
   * @param here which addresses are this host's
   */
  static Origin of(Arrival client, Predicate<InetAddress> here) {
    if (CommandNamespace.of(client).isPresent()) {
      return THIS_HOST;
    }
    return client
        .forwardedBy()
        .map(by -> new Origin("ssh server " + by.server()))
        .orElseGet(() -> of(client.peer().getAddress(), here));
  }

  private static Origin of(InetAddress address, Predicate<InetAddress> here) {
    if (here.test(address)) {
      return THIS_HOST;
    }
    return address instanceof Inet6Address ipv6
        ? new Origin(network(ipv6))
        : new Origin(address.getHostAddress());
  }

  private static String network(Inet6Address address) {
    byte[] network =
        Arrays.copyOf(
            Arrays.copyOf(address.getAddress(), NETWORK_BYTES), address.getAddress().length);
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(network)) + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: " + network.length + " bytes", e);
    }
  }

  /** Whether that is this host, whose users may be told apart. */
  public boolean isThisHost() {
    return place.equals(THIS_HOST.place);
  }

  /**
   * The same, now that it has been asked who of those it is. All of whom nothing could be found out
   * are one, and nobody who is known.
   */
  public Origin identified(Optional<?> as) {
    return new Origin(place, Optional.of(as.isPresent() ? as.get() : Unknown.UNKNOWN));
  }

  private enum Unknown {
    UNKNOWN
  }
}
