package culvert.proxy.owner;

import culvert.proxy.door.Client;
import culvert.proxy.door.Origin;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Names as one client needs them: looked up on its behalf, and not after it has gone. Thread-safe.
 */
public final class ClientNames implements AddressResolver {
  private final AddressResolver names;
  private final Client client;

  private ClientNames(AddressResolver names, Client client) {
    this.names = names;
    this.client = client;
  }

  /** For that client, which is that {@link #asker}. */
  public static AddressResolver of(AddressResolver names, Client client, Asker asker) {
    return new ClientNames(names.onBehalfOf(asker), client);
  }

  /**
   * The client by its {@link Origin}: on this host the user of its socket, once it is asked for
   * that; elsewhere, and where that is unknown, its SOCKS user.
   */
  public static Asker asker(Client client, ClientOwners owners) {
    return new ClientAsker(client, Origin.of(client.arrival()), new SocketUsers(owners));
  }

  @Override
  public Future<List<InetAddress>> resolve(String host, EventExecutor executor) {
    Future<List<InetAddress>> resolved = names.resolve(host, executor);
    if (!resolved.isDone()) {
      ChannelFutureListener gone = closed -> resolved.cancel(false);
      client.channel().closeFuture().addListener(gone);
      resolved.addListener(
          (FutureListener<List<InetAddress>>)
              done -> client.channel().closeFuture().removeListener(gone));
    }
    return resolved;
  }

  private record ClientAsker(Client client, Origin origin, SocketUsers users) implements Asker {
    @Override
    public Object place() {
      return origin.isThisHost() ? origin : origin.identified(client.user());
    }

    @Override
    public void identify(Consumer<Object> answer) {
      if (origin.isThisHost()) {
        client.channel().eventLoop().execute(() -> identifyByUser(answer));
      } else {
        answer.accept(origin.identified(client.user()));
      }
    }

    private void identifyByUser(Consumer<Object> answer) {
      users
          .user(client.arrival())
          .addListener(
              (FutureListener<Optional<Object>>)
                  found -> answer.accept(origin.identified(found.getNow().or(client::user))));
    }
  }
}
