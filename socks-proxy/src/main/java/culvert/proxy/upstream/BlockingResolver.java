package culvert.proxy.upstream;

import culvert.ssh.AddressResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Resolves with the operating system's resolver on a pool of threads that may block. Who asks for a
 * name that is being looked up shares the answer. Thread-safe.
 */
public final class BlockingResolver implements AddressResolver {

  /** The system's resolver; another one in tests. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] lookUp(String host) throws UnknownHostException;
  }

  private final Executor blockingPool;
  private final Lookup lookup;
  private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> inFlight =
      new ConcurrentHashMap<>();

  /**
   * @param blockingPool bounded: where it rejects, the name counts as unknown
   */
  public BlockingResolver(Executor blockingPool) {
    this(blockingPool, InetAddress::getAllByName);
  }

  BlockingResolver(Executor blockingPool, Lookup lookup) {
    this.blockingPool = blockingPool;
    this.lookup = lookup;
  }

  @Override
  public Future<List<InetAddress>> resolve(String host, EventExecutor executor) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      return literal(literal, host, executor);
    }
    Promise<List<InetAddress>> resolved = executor.newPromise();
    shared(host.toLowerCase(Locale.ROOT))
        .whenComplete(
            (addresses, failure) -> {
              if (failure == null) {
                resolved.trySuccess(addresses);
              } else {
                resolved.tryFailure(failure);
              }
            });
    return resolved;
  }

  private static Future<List<InetAddress>> literal(
      byte[] literal, String host, EventExecutor executor) {
    try {
      return executor.newSucceededFuture(List.of(InetAddress.getByAddress(literal)));
    } catch (UnknownHostException e) {
      return executor.newFailedFuture(unknown(host, e));
    }
  }

  private CompletableFuture<List<InetAddress>> shared(String host) {
    CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> running = inFlight.putIfAbsent(host, mine);
    if (running != null) {
      return running;
    }
    try {
      blockingPool.execute(() -> lookUp(host, mine));
    } catch (RejectedExecutionException e) {
      inFlight.remove(host, mine);
      mine.completeExceptionally(unknown(host + ": too many names to look up", e));
    }
    return mine;
  }

  private void lookUp(String host, CompletableFuture<List<InetAddress>> answer) {
    try {
      List<InetAddress> addresses = List.of(lookup.lookUp(host));
      inFlight.remove(host, answer);
      answer.complete(addresses);
    } catch (UnknownHostException | RuntimeException e) {
      inFlight.remove(host, answer);
      answer.completeExceptionally(unknown(host, e));
    }
  }

  private static UnknownHostException unknown(String host, Exception cause) {
    UnknownHostException unknown = new UnknownHostException(host);
    unknown.initCause(cause);
    return unknown;
  }
}
