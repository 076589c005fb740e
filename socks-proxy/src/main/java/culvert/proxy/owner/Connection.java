package culvert.proxy.owner;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A connection as its client sees it.
 *
 * @param local the client's own address
 * @param remote the one that it connected to, of the same family
 */
record Connection(InetSocketAddress local, InetSocketAddress remote) {
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

  /** The column pair of {@code /proc/net/tcp}; empty: an IPv6 connection stands in tcp6 only. */
  Optional<byte[]> inTcp(ByteOrder order) {
    Optional<byte[]> from = ipv4(local.getAddress());
    Optional<byte[]> to = ipv4(remote.getAddress());
    return from.isPresent() && to.isPresent()
        ? Optional.of(columns(from.get(), to.get(), order))
        : Optional.empty();
  }

  /** The column pair of {@code /proc/net/tcp6}, where IPv4 addresses stand mapped. */
  byte[] inTcp6(ByteOrder order) {
    return columns(ipv6(local.getAddress()), ipv6(remote.getAddress()), order);
  }

  private byte[] columns(byte[] from, byte[] to, ByteOrder order) {
    String text =
        hex(from, order)
            + ":%04X ".formatted(local.getPort())
            + hex(to, order)
            + ":%04X".formatted(remote.getPort());
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The kernel prints each four bytes as a number of its own byte order. */
  private static String hex(byte[] address, ByteOrder order) {
    StringBuilder text = new StringBuilder();
    for (ByteBuffer words = ByteBuffer.wrap(address).order(order); words.hasRemaining(); ) {
      text.append("%08X".formatted(words.getInt()));
    }
    return text.toString();
  }

  private static Optional<byte[]> ipv4(InetAddress address) {
    if (address instanceof Inet4Address) {
      return Optional.of(address.getAddress());
    }
    byte[] bytes = address.getAddress();
    return Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length)
        ? Optional.of(Arrays.copyOfRange(bytes, MAPPED.length, bytes.length))
        : Optional.empty();
  }

  private static byte[] ipv6(InetAddress address) {
    return address instanceof Inet6Address
        ? address.getAddress()
        : ByteBuffer.allocate(16).put(MAPPED).put(address.getAddress()).array();
  }
}
