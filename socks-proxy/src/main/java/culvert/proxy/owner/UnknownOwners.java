package culvert.proxy.owner;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Set;

/** Knows nobody. */
final class UnknownOwners implements ClientOwners {

  @Override
  public Future<SocketOwner> socket(Channel client) {
    return client.eventLoop().newSucceededFuture(new SocketOwner.Unknown());
  }

  @Override
  public Future<Set<String>> users(Channel client) {
    return client.eventLoop().newSucceededFuture(Set.of());
  }

  @Override
  public Future<Set<String>> applications(Channel client) {
    return client.eventLoop().newSucceededFuture(Set.of());
  }
}
