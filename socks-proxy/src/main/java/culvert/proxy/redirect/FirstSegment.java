package culvert.proxy.redirect;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * The SYN of a redirected connection, as it has come to a listener that keeps it.
 *
 * <p>NAT gives a connection another port at the client's end, where behind it two would look alike:
 * a client may well use one port to several destinations. No socket of this host has that port, so
 * that nobody could tell whose connection it is. So a rule writes both ports, the client's as the
 * client has it, into the acknowledgment number before ({@code tcp ackseq set @th,0,32}). That
 * means nothing in a SYN, and every client has 0 there: to write anything else takes a raw socket,
 * or CAP_NET_ADMIN.
 *
 * @param headers of IP and TCP, and whatever is behind them
 */
record FirstSegment(ByteBuffer headers) {
  /** IPPROTO_TCP, TCP_SAVED_SYN; room for all headers with all options. */
  private static final ChannelOption<ByteBuffer> SAVED =
      new RawUnixChannelOption("TCP_SAVED_SYN", 6, 28, 256);

  private static final int ACKNOWLEDGMENT = 8;
  private static final int IPV6_HEADER = 40;
  private static final int TCP = 6;

  /**
   * The client's end of a connection, as the client has it.
   *
   * @param channel an accepted socket, which is asked once: what its listener has kept, if it has,
   *     is gone then
   */
  static InetSocketAddress source(Channel channel) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    InetSocketAddress own = (InetSocketAddress) channel.localAddress();
    try {
      OptionalInt port =
          new FirstSegment(channel.config().getOption(SAVED)).sourcePort(own.getPort());
      return port.isPresent() ? new InetSocketAddress(peer.getAddress(), port.getAsInt()) : peer;
    } catch (ChannelException e) {
      return peer;
    }
  }

  /**
   * The client's port, where a rule has written it.
   *
   * @param listener our port, to which it was redirected: it is written beside
   */
  OptionalInt sourcePort(int listener) {
    int tcp = tcp();
    if (tcp < 0 || tcp + ACKNOWLEDGMENT + Integer.BYTES > headers.remaining()) {
      return OptionalInt.empty();
    }
    int source = Short.toUnsignedInt(headers.getShort(tcp + ACKNOWLEDGMENT));
    int destination = Short.toUnsignedInt(headers.getShort(tcp + ACKNOWLEDGMENT + Short.BYTES));
    return source != 0 && destination == listener ? OptionalInt.of(source) : OptionalInt.empty();
  }

  /** Where TCP begins; negative: not at once behind IP, or nothing was kept. */
  private int tcp() {
    int first = headers.remaining() < IPV6_HEADER ? 0 : headers.get(0);
    return switch (first >> 4 & 0xf) {
      case 4 -> (first & 0xf) * Integer.BYTES;
      case 6 -> headers.get(6) == TCP ? IPV6_HEADER : -1;
      default -> -1;
    };
  }
}
