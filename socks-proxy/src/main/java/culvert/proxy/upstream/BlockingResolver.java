package culvert.proxy.upstream;

import culvert.proxy.door.HostAddress;
import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.PlainWords;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resolves with the operating system's resolver on threads of its own, which it may block for as
 * long as a name server does not answer. {@link NameQueue} says whose turn it is; here is who waits
 * for what, and how long. Who asks for a name that is being looked up shares the answer; what
 * nobody waits for any more is not looked up. What is {@link HostAddress no host's} address is no
 * answer. Thread-safe.
 */
public final class BlockingResolver implements AddressResolver {
  /** Of that many threads nobody gets more than are left free for the others. */
  public static final int THREADS = 64;

  /** So long a name waits for a thread. */
  static final Duration IN_QUEUE = Duration.ofSeconds(5);

  /** So long a name server may take: a second question is sent after five seconds. */
  static final Duration LOOK_UP = Duration.ofSeconds(6);

  /** The system's resolver; another one in tests. */
  @FunctionalInterface
  public interface Lookup {
    /** Blocks. */
    InetAddress[] lookUp(String host) throws UnknownHostException;
  }

  private final Executor threads;
  private final Lookup lookup;
  private final NameQueue queue;
  private final Map<String, Name> names = new HashMap<>(); // guarded by this

  /** A name that somebody waits for. */
  private static final class Name {
    private final String host;
    private final Set<Waiter> waiters = new LinkedHashSet<>(); // guarded by the resolver
    private boolean running; // guarded by the resolver

    Name(String host) {
      this.host = host;
    }
  }

  private static final class Waiter {
    private final Promise<List<InetAddress>> promise;
    private final EventExecutor executor;
    private @Nullable ScheduledFuture<?> deadline; // guarded by the resolver

    Waiter(EventExecutor executor) {
      this.executor = executor;
      this.promise = executor.newPromise();
    }
  }

  /**
   * @param threads {@link #THREADS} of them are used at once, and rejected is nothing but at the
   *     end
   */
  public BlockingResolver(Executor threads, Lookup lookup) {
    this(threads, lookup, THREADS);
  }

  BlockingResolver(Executor threads, Lookup lookup, int count) {
    this.threads = threads;
    this.lookup = lookup;
    this.queue = new NameQueue(count);
  }

  @Override
  public Future<List<InetAddress>> resolve(String host, EventExecutor executor) {
    return resolve(host, Asker.CULVERT, executor);
  }

  @Override
  public AddressResolver onBehalfOf(Asker asker) {
    return (host, executor) -> resolve(host, asker, executor);
  }

  private Future<List<InetAddress>> resolve(String host, Asker asker, EventExecutor executor) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      return literal(literal, host, executor);
    }
    Waiter waiter = new Waiter(executor);
    Name name;
    boolean waits;
    synchronized (this) {
      name = names.computeIfAbsent(host.toLowerCase(Locale.ROOT), Name::new);
      name.waiters.add(waiter);
      waits = !name.running;
      setDeadline(name, waiter);
    }
    waiter.promise.addListener(done -> leave(name, waiter));
    if (waits) {
      enqueue(name, asker, waiter);
    }
    return waiter.promise;
  }

  private static Future<List<InetAddress>> literal(
      byte[] literal, String host, EventExecutor executor) {
    try {
      InetAddress address = InetAddress.getByAddress(literal);
      return HostAddress.isOne(address)
          ? executor.newSucceededFuture(List.of(address))
          : executor.newFailedFuture(unknown(host, null));
    } catch (UnknownHostException e) {
      return executor.newFailedFuture(unknown(host, e));
    }
  }

  /** Under the lock. */
  private void setDeadline(Name name, Waiter waiter) {
    if (waiter.deadline != null) {
      waiter.deadline.cancel(false);
    }
    Exception late =
        name.running
            ? new UnknownHostException(
                name.host + ": no answer from the name server within " + LOOK_UP.toMillis() + " ms")
            : notLookedUp(name.host, "waited " + IN_QUEUE.toMillis() + " ms for its turn");
    Duration patience = name.running ? LOOK_UP : IN_QUEUE;
    try {
      waiter.deadline =
          waiter.executor.schedule(
              () -> waiter.promise.tryFailure(late), patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      waiter.deadline = null; // its loop ends, and so does whoever waits
    }
  }

  private void enqueue(Name name, Asker asker, Waiter waiter) {
    if (start(queue.offer(name, asker.place()))) {
      return;
    }
    asker.identify(
        who -> {
          if (waits(name) && !start(queue.add(name, who))) {
            waiter.promise.tryFailure(notLookedUp(name.host, "too many names wait already"));
          }
        });
  }

  private synchronized boolean waits(Name name) {
    return names.get(name.host) == name && !name.running;
  }

  /** Looks up what has got its turn; false: there was no place in the queue. */
  private boolean start(NameQueue.Answer answer) {
    answer.started().forEach(started -> start((Name) started));
    return answer.taken();
  }

  private void start(Name name) {
    boolean wanted;
    synchronized (this) {
      wanted = !name.waiters.isEmpty();
      name.running = wanted;
      name.waiters.forEach(waiter -> setDeadline(name, waiter));
    }
    if (!wanted) { // meanwhile everybody has gone, or was answered
      start(queue.finished(name));
      return;
    }
    try {
      threads.execute(() -> lookUp(name));
    } catch (RejectedExecutionException | OutOfMemoryError e) { // shutting down, or no thread left
      finish(name).forEach(w -> w.promise.tryFailure(notLookedUp(name.host, PlainWords.of(e))));
    }
  }

  private void lookUp(Name name) {
    List<InetAddress> addresses = List.of();
    Exception failure = null;
    try {
      addresses = HostAddress.of(lookup.lookUp(name.host));
    } catch (UnknownHostException | RuntimeException e) {
      failure = unknown(name.host, e);
    } finally {
      List<Waiter> waiters = finish(name);
      for (Waiter waiter : waiters) {
        if (failure == null && !addresses.isEmpty()) {
          waiter.promise.trySuccess(addresses);
        } else {
          waiter.promise.tryFailure(failure == null ? unknown(name.host, null) : failure);
        }
      }
    }
  }

  private List<Waiter> finish(Name name) {
    List<Waiter> waiters;
    synchronized (this) {
      names.remove(name.host, name);
      waiters = new ArrayList<>(name.waiters);
    }
    start(queue.finished(name));
    return waiters;
  }

  /** Nobody is answered twice, and what nobody waits for is not begun. */
  private void leave(Name name, Waiter waiter) {
    boolean unwanted;
    synchronized (this) {
      if (waiter.deadline != null) {
        waiter.deadline.cancel(false);
      }
      name.waiters.remove(waiter);
      unwanted = name.waiters.isEmpty() && !name.running;
      if (unwanted) {
        names.remove(name.host, name);
      }
    }
    if (unwanted) {
      queue.drop(name);
    }
  }

  private static UnknownHostException unknown(String host, @Nullable Exception cause) {
    UnknownHostException unknown = new UnknownHostException(host);
    unknown.initCause(cause);
    return unknown;
  }

  private static NotLookedUpException notLookedUp(String host, @Nullable String why) {
    return new NotLookedUpException(host + ": name not looked up: " + why);
  }
}
