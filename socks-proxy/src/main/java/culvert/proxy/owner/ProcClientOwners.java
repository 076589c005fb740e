package culvert.proxy.owner;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.HostAddress;
import io.netty.channel.EventLoop;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads Linux's {@code /proc}. Thread-safe. */
public final class ProcClientOwners implements ClientOwners {

  /** Threads that are of use: one for each kind of scan. */
  public static final int THREADS = 3;

  private static final Path PROC = Path.of("/proc");
  private static final AttributeKey<Future<SocketOwner>> SOCKET =
      AttributeKey.valueOf(ProcClientOwners.class, "socket");

  private final BatchedScan<Connection, SocketOwner> sockets;
  private final BatchedScan<Long, Set<String>> users;
  private final BatchedScan<SocketOwner.Known, Set<String>> applications;

  private ProcClientOwners(
      Executor blocking, SocketTable table, UserNames names, Processes processes) {
    sockets =
        new BatchedScan<>(blocking, asked -> table.find(local(asked)), new SocketOwner.Unknown());
    users =
        new BatchedScan<>(
            blocking,
            uids ->
                uids.stream()
                    .collect(
                        Collectors.toMap(Function.identity(), uid -> names.of(Long.toString(uid)))),
            Set.of());
    applications = new BatchedScan<>(blocking, processes::find, Set.of());
  }

  /**
   * The real thing, or {@link ClientOwners#NONE} where there is no {@code /proc/net/tcp}.
   *
   * @param blocking threads of its own, {@link #THREADS} of them: a client waits for them
   */
  public static ClientOwners create(Executor blocking) {
    return create(blocking, PROC, new UserNames());
  }

  static ClientOwners create(Executor blocking, Path proc, UserNames names) {
    SocketTable table = new SocketTable(proc);
    return table.isReadable()
        ? new ProcClientOwners(blocking, table, names, new Processes(proc))
        : NONE;
  }

  private static Set<Connection> local(Set<Connection> connections) {
    return connections.stream()
        .filter(connection -> HostAddress.isThisHost(connection.local().getAddress()))
        .collect(Collectors.toSet());
  }

  @Override
  public Future<SocketOwner> socket(Arrival client) {
    Attribute<Future<SocketOwner>> attribute = client.channel().attr(SOCKET);
    Future<SocketOwner> asked = attribute.get();
    if (asked != null) {
      return asked;
    }
    Future<SocketOwner> found = look(client);
    attribute.set(found);
    return found;
  }

  private Future<SocketOwner> look(Arrival client) {
    EventLoop loop = client.channel().eventLoop();
    Optional<CommandNamespace> namespace = CommandNamespace.of(client);
    if (namespace.isPresent()) {
      return loop.newSucceededFuture(SocketOwner.Known.elsewhere(namespace.get().uid()));
    }
    return client.forwardedBy().isEmpty()
        ? sockets.find(new Connection(client.peer(), client.own()), loop)
        : loop.newSucceededFuture(new SocketOwner.Unknown());
  }

  @Override
  public Future<Set<String>> users(Arrival client) {
    return ofSocket(client, socket -> users.find(socket.uid(), client.channel().eventLoop()));
  }

  @Override
  public Future<Set<String>> applications(Arrival client) {
    Optional<CommandNamespace> namespace = CommandNamespace.of(client);
    if (namespace.isPresent()) {
      return client.channel().eventLoop().newSucceededFuture(namespace.get().programs());
    }
    return ofSocket(client, socket -> applications.find(socket, client.channel().eventLoop()));
  }

  private Future<Set<String>> ofSocket(
      Arrival client, Function<SocketOwner.Known, Future<Set<String>>> question) {
    Promise<Set<String>> answer = client.channel().eventLoop().newPromise();
    socket(client)
        .addListener(
            (FutureListener<SocketOwner>)
                socket -> {
                  if (socket.getNow() instanceof SocketOwner.Known known) {
                    PromiseNotifier.cascade(question.apply(known), answer);
                  } else {
                    answer.setSuccess(Set.of());
                  }
                });
    return answer;
  }
}
