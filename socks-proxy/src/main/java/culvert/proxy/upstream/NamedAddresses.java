package culvert.proxy.upstream;

import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.NotLookedUpException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the names that a configuration spells out stand for, looked up ahead and again and again:
 * for connections of which only the address is known. The host's resolver does not tell how long
 * its answers hold; the JVM keeps them for 30 s, and so a change is known within a minute.
 *
 * <p>Addresses that a name had before its last change count for {@link #AFTER_CHANGE}, for who has
 * asked before may connect only now. Where a name cannot be looked up any more, its last ones count
 * for {@link #WITHOUT_ANSWER}. Thread-safe; nothing blocks but {@link #awaitFirst}.
 */
public final class NamedAddresses implements AutoCloseable {
  static final Duration AFTER_CHANGE = Duration.ofHours(1);
  static final Duration WITHOUT_ANSWER = Duration.ofDays(1);

  /** From the beginning of one round to that of the next. */
  static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(30);

  /** Who asks before all names have been looked up once, waits for that, but not longer. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The resolver has threads for more, of which others need some. */
  static final int AT_ONCE = 16;

  private static final int SHOWN = 5;
  private static final Logger LOG = LoggerFactory.getLogger(NamedAddresses.class);

  /** One of its own, so that clients' names do not wait for these. */
  private static final Asker ASKER =
      new Asker() {
        @Override
        public Object place() {
          return "names of rules";
        }

        @Override
        public void identify(Consumer<Object> answer) {
          answer.accept(place());
        }
      };

  private final AddressResolver resolver;
  private final EventExecutor loop;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, Set<String>> byAddress = new ConcurrentHashMap<>();
  private final Map<String, NameHistory> names = new HashMap<>(); // guarded by this, as all below
  private final Queue<String> waiting = new ArrayDeque<>();
  private final Set<String> running = new HashSet<>();
  private final Set<String> untried = new HashSet<>();
  private final Set<String> failed = new HashSet<>();
  private final Set<String> said = new HashSet<>();
  private final List<Promise<Set<String>>> asking = new ArrayList<>();
  private long round; // when it began
  private long rounds;
  private boolean closed;
  private volatile boolean settled = true; // written under the lock

  public NamedAddresses(AddressResolver resolver, EventExecutor loop) {
    this(resolver, loop, System::nanoTime);
  }

  /**
   * @param loop on which answers come
   */
  NamedAddresses(AddressResolver resolver, EventExecutor loop, LongSupplier nanoTime) {
    this.resolver = resolver.onBehalfOf(ASKER);
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /** Keeps those up to date from now on, too; all names are looked up at once. */
  public void want(Set<String> wanted) {
    changing(
        () -> {
          for (String name : wanted) {
            if (names.putIfAbsent(name, new NameHistory(AFTER_CHANGE, WITHOUT_ANSWER)) == null) {
              untried.add(name);
            }
          }
          begin();
        });
  }

  /** From now on the others stand for nothing. */
  public void wantOnly(Set<String> wanted) {
    changing(
        () ->
            List.copyOf(names.keySet()).stream()
                .filter(name -> !wanted.contains(name))
                .forEach(this::drop));
  }

  /** Who waits hears of it without the lock. */
  private void changing(Runnable change) {
    List<Promise<Set<String>>> answered;
    synchronized (this) {
      change.run();
      settled = untried.isEmpty();
      answered = settled ? List.copyOf(asking) : List.of();
      asking.removeAll(answered);
      notifyAll();
    }
    answered.forEach(promise -> promise.trySuccess(Set.of())); // each looks for itself
  }

  private void drop(String name) {
    show(name, addresses(name), Set.of());
    names.remove(name);
    untried.remove(name);
    failed.remove(name);
    said.remove(name);
  }

  /** Those that nobody has tried yet come first. */
  private void begin() {
    round = nanoTime.getAsLong();
    rounds++;
    waiting.clear();
    waiting.addAll(untried);
    names.keySet().stream().filter(name -> !untried.contains(name)).forEach(waiting::add);
    goOn();
  }

  private void goOn() {
    while (running.size() < AT_ONCE && !waiting.isEmpty() && !closed) {
      String name = waiting.remove();
      if (names.containsKey(name) && running.add(name)) {
        resolver
            .resolve(name, loop)
            .addListener((FutureListener<List<InetAddress>>) answer -> answered(name, answer));
      }
    }
    if (running.isEmpty() && waiting.isEmpty()) {
      end();
    }
  }

  private void answered(String name, Future<List<InetAddress>> answer) {
    changing(
        () -> {
          running.remove(name);
          NameHistory history = names.get(name);
          if (history != null) {
            Set<InetAddress> before = history.addresses();
            learn(name, history, answer);
            show(name, before, history.addresses());
          }
          goOn();
        });
  }

  private void learn(String name, NameHistory history, Future<List<InetAddress>> answer) {
    if (answer.isSuccess()) {
      history.answered(answer.getNow(), nanoTime.getAsLong());
      untried.remove(name);
      failed.remove(name);
      said.remove(name);
      return;
    }
    history.failed(nanoTime.getAsLong());
    if (answer.cause() instanceof UnknownHostException) { // the others say nothing of the name
      untried.remove(name);
      failed.add(name);
    }
  }

  private void show(String name, Set<InetAddress> before, Set<InetAddress> now) {
    for (InetAddress address : before) {
      if (!now.contains(address)) {
        Set<String> rest = new HashSet<>(byAddress.getOrDefault(address, Set.of()));
        rest.remove(name);
        if (rest.isEmpty()) {
          byAddress.remove(address);
        } else {
          byAddress.put(address, Set.copyOf(rest));
        }
      }
    }
    for (InetAddress address : now) {
      byAddress.merge(address, Set.of(name), NamedAddresses::union);
    }
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    Set<String> all = new HashSet<>(some);
    all.addAll(more);
    return Set.copyOf(all);
  }

  private void end() {
    List<String> news = failed.stream().filter(said::add).sorted().toList();
    say(
        news.stream().filter(name -> addresses(name).isEmpty()).toList(),
        "does not resolve here, so that no captured connection is known by it");
    say(
        news.stream().filter(name -> !addresses(name).isEmpty()).toList(),
        "cannot be looked up any more: its last addresses count for "
            + WITHOUT_ANSWER.toHours()
            + " h");
    if (names.isEmpty() || closed) {
      return;
    }
    long ended = rounds;
    long rest = BETWEEN_ROUNDS.toNanos() - (nanoTime.getAsLong() - round);
    try {
      loop.schedule(() -> next(ended), Math.max(0, rest), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      closed = true; // as the loop is
    }
  }

  private static void say(List<String> names, String what) {
    if (!names.isEmpty()) {
      int more = names.size() - SHOWN;
      LOG.warn(
          "names in rules and destinations: {}{}: {}",
          names.stream().limit(SHOWN).collect(Collectors.joining(", ")),
          more > 0 ? " and " + more + " more" : "",
          names.size() == 1 ? what : "each " + what);
    }
  }

  private void next(long after) {
    changing(
        () -> {
          if (rounds == after && !closed) {
            begin();
          }
        });
  }

  /**
   * Which of the names stand for the address.
   *
   * @return completes on {@code executor}; fails with {@link NotLookedUpException} where not all of
   *     them have been looked up in time since they are wanted
   */
  public Future<Set<String>> standingFor(InetAddress address, EventExecutor executor) {
    if (settled) {
      return executor.newSucceededFuture(byAddress.getOrDefault(address, Set.of()));
    }
    Promise<Set<String>> told = executor.newPromise();
    Promise<Set<String>> all = executor.newPromise();
    Future<?> late =
        executor.schedule(() -> all.tryFailure(late()), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    all.addListener(
        done -> {
          late.cancel(false);
          if (done.isSuccess()) {
            told.setSuccess(byAddress.getOrDefault(address, Set.of()));
          } else {
            forget(all);
            told.setFailure(done.cause());
          }
        });
    changing(() -> asking.add(all));
    return told;
  }

  private static NotLookedUpException late() {
    return new NotLookedUpException(
        "names of rules are not looked up yet, after " + PATIENCE.toSeconds() + " s");
  }

  private synchronized void forget(Promise<Set<String>> late) {
    asking.remove(late);
  }

  /** What a name stands for; empty: nothing is known of it, or nobody {@link #want}s it. */
  public synchronized Set<InetAddress> addresses(String name) {
    NameHistory history = names.get(name);
    return history == null ? Set.of() : history.addresses();
  }

  /** Waits until each name has been looked up once, or for so long. Blocks. */
  public synchronized void awaitFirst(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!settled) {
      long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (rest <= 0) {
        return;
      }
      wait(rest);
    }
  }

  /** Looks nothing up any more. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
  }
}
