package culvert.proxy.redirect;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where a client wanted to go before netfilter has brought it here. Thread-safe. */
@FunctionalInterface
public interface OriginalDestination {

  /**
   * What netfilter remembers of a connection that it has redirected (NAT). A connection that was
   * not has the listener's own address there, or nothing.
   */
  OriginalDestination REDIRECTED = new Remembered();

  /** A connection that TPROXY has brought keeps its destination: it is our end's address. */
  OriginalDestination TRANSPARENT = channel -> (InetSocketAddress) channel.localAddress();

  /**
   * Asks for it.
   *
   * @param channel an accepted socket
   * @throws IOException nothing is known of it; the message says why
   */
  InetSocketAddress of(Channel channel) throws IOException;

  /** By the socket option of epoll's sockets; a socket of both families has both. */
  final class Remembered implements OriginalDestination {
    /** SOL_IP, SO_ORIGINAL_DST; the answer is a sockaddr_in. */
    private static final ChannelOption<ByteBuffer> IPV4 =
        new RawUnixChannelOption("SO_ORIGINAL_DST", 0, 80, 16);

    /** SOL_IPV6, IP6T_SO_ORIGINAL_DST; the answer is a sockaddr_in6. */
    private static final ChannelOption<ByteBuffer> IPV6 =
        new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", 41, 80, 28);

    private Remembered() {}

    @Override
    public InetSocketAddress of(Channel channel) throws IOException {
      InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
      boolean six = peer.getAddress() instanceof Inet6Address;
      try {
        return parse(channel.config().getOption(six ? IPV6 : IPV4));
      } catch (ChannelException e) {
        throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
      }
    }

    /** The family and the scope are in the machine's order, all else in the network's. */
    static InetSocketAddress parse(ByteBuffer answer) throws IOException {
      ByteBuffer socketAddress = answer.duplicate().order(ByteOrder.BIG_ENDIAN);
      int port = Short.toUnsignedInt(socketAddress.getShort(2));
      return new InetSocketAddress(
          answer.remaining() == 16 ? ipv4(socketAddress) : ipv6(socketAddress), port);
    }

    private static InetAddress ipv4(ByteBuffer socketAddress) throws IOException {
      byte[] address = new byte[4];
      socketAddress.get(4, address);
      return InetAddress.getByAddress(address);
    }

    private static InetAddress ipv6(ByteBuffer socketAddress) throws IOException {
      byte[] address = new byte[16];
      socketAddress.get(8, address);
      int scope = socketAddress.order(ByteOrder.nativeOrder()).getInt(24);
      return scope == 0
          ? InetAddress.getByAddress(address)
          : Inet6Address.getByAddress(null, address, scope);
    }
  }
}
