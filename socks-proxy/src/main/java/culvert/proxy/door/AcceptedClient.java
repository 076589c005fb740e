package culvert.proxy.door;

import culvert.filter.ConnectionRequest;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A client that has asked for nothing, because where it came in, or was called, says what it wants.
 * It takes itself for connected from the first moment: all that it can be told is the end.
 */
public record AcceptedClient(
    DuplexChannel channel,
    InetSocketAddress address,
    ConnectionRequest request,
    Optional<String> user,
    Optional<ForwardedBy> forwardedBy)
    implements Client {

  /** One that connected to a socket of ours. */
  public AcceptedClient(
      DuplexChannel channel,
      InetSocketAddress address,
      ConnectionRequest request,
      Optional<String> user) {
    this(channel, address, request, user, Optional.empty());
  }

  @Override
  public boolean namesDestination() {
    return false;
  }

  @Override
  public boolean waitsForAnswer() {
    return false;
  }

  @Override
  public void accept() {
    EarlyReads.handOver(channel);
  }

  @Override
  public void refuse(Refusal refusal) {
    Closing.reset(channel);
  }
}
