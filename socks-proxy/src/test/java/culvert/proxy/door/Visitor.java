package culvert.proxy.door;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.mockito.ArgumentMatchers;

/** Somebody who has come, and the socket behind that. */
record Visitor(EmbeddedChannel socket, Arrival arrival) {
  static Visitor from(String address) {
    return from(address, Optional.empty());
  }

  static Visitor from(String address, Optional<ForwardedBy> by) {
    EmbeddedChannel socket = new EmbeddedChannel();
    DuplexChannel channel = mock(DuplexChannel.class);
    when(channel.eventLoop()).thenReturn(socket.eventLoop());
    when(channel.closeFuture()).thenReturn(socket.closeFuture());
    when(channel.attr(ArgumentMatchers.<AttributeKey<Object>>any()))
        .thenAnswer(call -> socket.attr(call.getArgument(0)));
    return new Visitor(
        socket,
        new Arrival(
            channel,
            new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 40_000),
            new InetSocketAddress(NetUtil.LOCALHOST4, 1080),
            by));
  }
}
