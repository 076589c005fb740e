package culvert.proxy.owner;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.BeforeLogin;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.util.Optional;

/** The users of local clients, by their sockets. */
public record SocketUsers(ClientOwners owners) implements BeforeLogin.ClientUsers {

  /**
   * Counts clients by them, where they can be found out.
   *
   * @param most of one source
   */
  public static BeforeLogin beforeLogin(int most, ClientOwners owners) {
    return owners == ClientOwners.NONE
        ? new BeforeLogin(most)
        : new BeforeLogin(most, new SocketUsers(owners));
  }

  @Override
  public Future<Optional<Object>> user(Arrival client) {
    Promise<Optional<Object>> user = client.channel().eventLoop().newPromise();
    owners
        .socket(client)
        .addListener(
            (FutureListener<SocketOwner>)
                found ->
                    user.setSuccess(
                        found.getNow() instanceof SocketOwner.Known known
                            ? Optional.of(known.uid())
                            : Optional.empty()));
    return user;
  }
}
