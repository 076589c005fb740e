package culvert.proxy.owner;

import culvert.proxy.door.Arrival;
import io.netty.util.concurrent.Future;
import java.util.Set;

/** Knows nobody. */
final class UnknownOwners implements ClientOwners {

  @Override
  public Future<SocketOwner> socket(Arrival client) {
    return client.channel().eventLoop().newSucceededFuture(new SocketOwner.Unknown());
  }

  @Override
  public Future<Set<String>> users(Arrival client) {
    return client.channel().eventLoop().newSucceededFuture(Set.of());
  }

  @Override
  public Future<Set<String>> applications(Arrival client) {
    return client.channel().eventLoop().newSucceededFuture(Set.of());
  }
}
