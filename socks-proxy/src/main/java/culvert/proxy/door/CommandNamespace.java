package culvert.proxy.door;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
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
 */
public record CommandNamespace(InetAddress address, long uid, Set<String> programs) {
  private static final AttributeKey<CommandNamespace> KEY =
      AttributeKey.valueOf(CommandNamespace.class, "namespace");

  public CommandNamespace {
    programs = Set.copyOf(programs);
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
