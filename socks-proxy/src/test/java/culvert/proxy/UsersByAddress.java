package culvert.proxy;

import culvert.proxy.door.Arrival;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import io.netty.util.concurrent.Future;
import java.util.Set;

/** Many users of this host, each of whom has the addresses of one network of 127.0.0.0/8. */
final class UsersByAddress implements ClientOwners {
  @Override
  public Future<SocketOwner> socket(Arrival client) {
    int uid = client.peer().getAddress().getAddress()[1];
    return client.channel().eventLoop().newSucceededFuture(new SocketOwner.Known(uid, 1));
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
