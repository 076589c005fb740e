package culvert.proxy.handover;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet4Address;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a command's questions for names. Confined to its user's loop. */
final class NameResponder extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger LOG = LoggerFactory.getLogger(NameResponder.class);

  private final NameTable names;
  private boolean full;

  NameResponder(NameTable names) {
    this.names = names;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket question) {
    NameAnswers.answer(ByteBufUtil.getBytes(question.content()), this::address)
        .ifPresent(
            answer ->
                context.writeAndFlush(
                    new DatagramPacket(Unpooled.wrappedBuffer(answer), question.sender())));
  }

  private Optional<Inet4Address> address(String name) {
    Optional<Inet4Address> address = names.address(name);
    if (address.isEmpty() && !full) {
      full = true;
      LOG.warn(
          "names do not resolve for a command that has asked for too many"
              + " (expected: fewer, or larger pseudo-addresses)");
    }
    return address;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a question for a name", cause);
  }
}
