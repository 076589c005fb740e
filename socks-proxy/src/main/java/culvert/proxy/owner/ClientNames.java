package culvert.proxy.owner;

import culvert.proxy.door.Client;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.util.List;
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

  /** For that client. */
  public static AddressResolver of(AddressResolver names, Client client, ClientOwners owners) {
    return new ClientNames(names.onBehalfOf(asker(client, owners)), client);
  }

  /**
   * The client's address and SOCKS user and, where there are many of those, the user of its socket:
   * on one host every client has one address.
   */
  public static Asker asker(Client client, ClientOwners owners) {
    return new ClientAsker(client, owners);
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

  private record ClientAsker(Client client, ClientOwners owners) implements Asker {
    @Override
    public Object place() {
      return List.of(client.address().getAddress(), client.user());
    }

    @Override
    public void identify(Consumer<Object> answer) {
      client.channel().eventLoop().execute(() -> identifyOnLoop(answer));
    }

    private void identifyOnLoop(Consumer<Object> answer) {
      owners
          .socket(client.arrival())
          .addListener(
              (FutureListener<SocketOwner>)
                  found ->
                      answer.accept(
                          found.getNow() instanceof SocketOwner.Known known
                              ? List.of(place(), known.uid())
                              : place()));
    }
  }
}
