package culvert.proxy.door;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The network namespace of one command ({@code culvert exec}). The addresses in there are nobody's
 * out here, and the same in all of them: so its clients have one of its own in their {@link
 * Arrival#peer}, which is like no other, whatever they say. Who they are was told by the kernel
 * when the namespace was handed over. Thread-safe.
 *
 * @param address under which its clients are known; never given to another namespace
 * @param uid the user who has handed it over
 * @param programs the names of the command's program; empty: unknown
 * @param inside what connects in there
 */
public record CommandNamespace(InetAddress address, long uid, Set<String> programs, Inside inside) {
  /** As the launcher's exec.sh has it: the addresses that clients have in there. */
  private static final List<InetAddress> INSIDE =
      List.of(
          NetUtil.createInetAddressFromIpAddressString("192.0.0.8"),
          NetUtil.createInetAddressFromIpAddressString("fd00:c::8"));

  private static final AttributeKey<CommandNamespace> KEY =
      AttributeKey.valueOf(CommandNamespace.class, "namespace");

  public CommandNamespace {
    programs = Set.copyOf(programs);
  }

  /** Connects in a command's namespace. */
  @FunctionalInterface
  public interface Inside {

    /**
     * Connects there. Any thread may call.
     *
     * @param source may be anybody's address
     * @param loop the user's, where the channel lives and the future completes
     * @param initializer added to the channel's pipeline before anything is read
     * @return auto-read off, half-closure allowed; failed, the cause's message says why
     */
    Future<DuplexChannel> connect(
        InetSocketAddress source,
        InetSocketAddress listener,
        EventLoop loop,
        ChannelHandler initializer);
  }

  /** Whether clients in there have that address. */
  public boolean isOwn(InetAddress inThere) {
    return INSIDE.contains(inThere);
  }

  /** That channel's other end is in it; before anybody asks. */
  public void holds(Channel channel) {
    channel.attr(KEY).set(this);
  }

  /** The one from which a client comes; empty: it comes from this host's network. */
  public static Optional<CommandNamespace> of(Arrival client) {
    return Optional.ofNullable(client.channel().attr(KEY).get());
  }
}
