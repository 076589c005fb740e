package culvert.filter;

import culvert.config.Cidr;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * An address as a number. IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2) are IPv4 here, and
 * scope ids are gone.
 *
 * @param width in bits, 32 or 128
 */
record IpAddress(int width, long high, long low) {
  private static final IPAddressStringParameters LITERAL =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allowPrefix(false)
          .allowMask(false)
          .allowWildcardedSeparator(false)
          .setRangeOptions(RangeParameters.NO_RANGE)
          .getIPv4AddressParametersBuilder()
          .allow_inet_aton(false)
          .allowLeadingZeros(false)
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowBase85(false)
          .allowBinary(false)
          .getParentBuilder()
          .toParams();
  private static final int MAPPED_PREFIX = 96;

  static IpAddress of(InetAddress address) {
    return of(address.getAddress());
  }

  static IpAddress networkOf(Cidr network) {
    byte[] bytes = network.address();
    return isMapped(network) ? of(bytes) : verbatim(bytes);
  }

  static int prefixLengthOf(Cidr network) {
    return isMapped(network) ? network.prefixLength() - MAPPED_PREFIX : network.prefixLength();
  }

  /** A literal address, with or without brackets and scope id; empty: this is a name. */
  static Optional<IpAddress> parse(String host) {
    if (!maybeLiteral(host)) {
      return Optional.empty();
    }
    String text =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    int scope = text.indexOf('%');
    if (scope >= 0 && text.indexOf(':') >= 0) {
      text = text.substring(0, scope);
    }
    IPAddress address = new IPAddressString(text, LITERAL).getAddress();
    return address == null || address.isMultiple()
        ? Optional.empty()
        : Optional.of(of(address.getBytes()));
  }

  private static boolean maybeLiteral(String host) {
    if (host.indexOf(':') >= 0) {
      return true;
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return !host.isEmpty();
  }

  private static IpAddress of(byte[] bytes) {
    return isMapped(bytes) ? verbatim(Arrays.copyOfRange(bytes, 12, 16)) : verbatim(bytes);
  }

  private static IpAddress verbatim(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? new IpAddress(32, 0, Integer.toUnsignedLong(buffer.getInt()))
        : new IpAddress(128, buffer.getLong(), buffer.getLong());
  }

  private static boolean isMapped(Cidr network) {
    return network.prefixLength() >= MAPPED_PREFIX && isMapped(network.address());
  }

  private static boolean isMapped(byte[] bytes) {
    if (bytes.length != 16 || bytes[10] != (byte) 0xff || bytes[11] != (byte) 0xff) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The address with only its first {@code length} bits kept. */
  IpAddress prefix(int length) {
    if (width == 32) {
      return new IpAddress(32, 0, low & mask(32 + length));
    }
    return length <= 64
        ? new IpAddress(128, high & mask(length), 0)
        : new IpAddress(128, high, low & mask(length - 64));
  }

  private static long mask(int length) {
    return length == 0 ? 0 : -1L << (64 - length);
  }

  /** As RFC 5952 has it. */
  @Override
  public String toString() {
    ByteBuffer bytes = ByteBuffer.allocate(16).putLong(high).putLong(low);
    byte[] address = width == 32 ? Arrays.copyOfRange(bytes.array(), 12, 16) : bytes.array();
    return new IPAddressGenerator().from(address).toCanonicalString();
  }
}
