package culvert.proxy.pin;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.state.StateDirectory;
import culvert.proxy.upstream.TunnelPins;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * {@link TunnelPins} in a {@link PinFile}. The file is asked anew each time, so that what {@code
 * culvert unpin} or another Culvert has changed holds at once; and where it cannot be asked,
 * everything counts as pinned. Thread-safe.
 *
 * <p>A destination is pinned under the name that the client used, and under its address where that
 * is known here. It is pinned if its name is, or one of its addresses, or all that is asked for
 * under its rule: clients may invent names, so that only so many of them are kept.
 */
public final class FilePins implements TunnelPins {
  private static final Logger LOG = LoggerFactory.getLogger(FilePins.class);
  private static final String UNREADABLE = "pins cannot be read: no plaintext";

  private final StateDirectory directory;
  private final PinFile file;
  private final BooleanSupplier enabled;
  private final Supplier<Set<FixedTarget>> rules;
  private final Executor blocking;
  private final InstantSource clock;
  private final PinEvents events;

  // Guarded by this. What cannot be written stays here, so that it is pinned while we live.
  private final Map<Pinned, Pin> unwritten = new LinkedHashMap<>();
  private boolean writing;
  private boolean failing;

  /**
   * Pins in a state directory; {@link #prepare} comes before the first use.
   *
   * @param enabled the configuration's {@code pin-tunnelled} at this moment
   * @param rules its rules with a target at this moment
   * @param blocking where the file is read and written; at most one of its threads waits for the
   *     file's lock
   * @param events hears of what is written
   */
  public FilePins(
      StateDirectory directory,
      BooleanSupplier enabled,
      Supplier<Set<FixedTarget>> rules,
      Executor blocking,
      InstantSource clock,
      PinEvents events) {
    this.directory = directory;
    this.file = new PinFile(directory);
    this.enabled = enabled;
    this.rules = rules;
    this.blocking = blocking;
    this.clock = clock;
    this.events = events;
  }

  /**
   * Makes sure that pins can be kept, and says what is wrong with those that are there. Blocks.
   *
   * @throws IOException with a message for the user
   */
  public void prepare() throws IOException {
    directory.prepare();
    PinList list = file.read();
    list.problems().forEach(problem -> LOG.warn("pins: {}", problem));
    list.unreadable().forEach(FilePins::warn);
    if (directory.isWritableByOthers()) {
      LOG.atWarn()
          .addKeyValue("directory", directory.path())
          .log("state-directory: others may write it, and so take pins out");
    }
  }

  @Override
  public Future<Optional<String>> objection(
      ConnectionRequest destination,
      Optional<FixedTarget> fixed,
      List<InetAddress> addresses,
      EventExecutor executor) {
    if (!enabled.getAsBoolean()) {
      return executor.newSucceededFuture(Optional.empty());
    }
    Promise<Optional<String>> answer = executor.newPromise();
    List<InetAddress> all = Stream.concat(known(destination).stream(), addresses.stream()).toList();
    Set<Pinned> names = names(destination, all);
    fixed.map(PinnedRule::of).ifPresent(names::add);
    answer(names, answer);
    return answer;
  }

  private void answer(Set<Pinned> names, Promise<Optional<String>> answer) {
    try {
      blocking.execute(() -> answer.trySuccess(look(names)));
    } catch (RejectedExecutionException | OutOfMemoryError e) { // or no thread left
      LOG.warn("pins: not read, too much is waiting to be done: no plaintext", e);
      answer.trySuccess(Optional.of(UNREADABLE));
    }
  }

  private Optional<String> look(Set<Pinned> names) {
    try {
      Set<Pinned> notYetInTheFile = unwritten(); // asked first: they move to the file
      PinList list = file.read();
      List<Pinned> pinned =
          names.stream()
              .filter(name -> notYetInTheFile.contains(name) || list.contains(name))
              .toList();
      if (!pinned.isEmpty()) {
        return Optional.of(pinned(pinned));
      }
      list.unreadable().forEach(FilePins::warn);
      if (!list.unreadable().isEmpty()) {
        return Optional.of(UNREADABLE);
      }
      List<PinnedRule> unknown = list.unknownRules(PinnedRule.of(rules.get()));
      return unknown.isEmpty() ? Optional.empty() : Optional.of(unknown(unknown.get(0)));
    } catch (IOException | RuntimeException | Error e) {
      LOG.atWarn().setCause(e).log("{}: no plaintext", e.getMessage());
      return Optional.of(UNREADABLE);
    }
  }

  private static String pinned(List<Pinned> pinned) {
    return pinned.stream()
        .map(Pinned::argument)
        .collect(Collectors.joining(" ", "pinned: no plaintext; culvert unpin ", ""));
  }

  /** Clients may have asked for any destination under it. */
  private static String unknown(PinnedRule rule) {
    return "pinned under a rule that is none any more: no plaintext; culvert unpin "
        + rule.argument();
  }

  private static void warn(String problem) {
    LOG.warn("pins: {}: may be any destination, so none falls back for unreachable", problem);
  }

  private synchronized Set<Pinned> unwritten() {
    return Set.copyOf(unwritten.keySet());
  }

  @Override
  public void tunnelled(
      ConnectionRequest destination,
      Optional<FixedTarget> fixed,
      String server,
      Optional<InetAddress> address) {
    if (!enabled.getAsBoolean()) {
      return;
    }
    List<InetAddress> addresses =
        Stream.concat(known(destination).stream(), address.stream()).toList();
    synchronized (this) {
      for (Pinned name : names(destination, addresses)) {
        keep(new Pin(name, clock.instant(), server, fixed.map(PinnedRule::of)));
      }
      if (writing) {
        return;
      }
      writing = true;
    }
    try {
      blocking.execute(this::write);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      failed("too much is waiting to be done", e);
    }
  }

  private void keep(Pin pin) {
    assert Thread.holdsLock(this);
    long ofItsRule =
        pin.rule().isEmpty()
            ? 0
            : unwritten.values().stream().filter(p -> p.rule().equals(pin.rule())).count();
    Pin kept = ofItsRule < PinList.MOST_OF_A_RULE ? pin : pin.ofItsRule();
    unwritten.putIfAbsent(kept.pinned(), kept);
  }

  /** Until nothing is left, or the disk refuses; then the next tunnel tries again. */
  private void write() {
    try {
      for (List<Pin> batch = batch(); !batch.isEmpty(); batch = batch()) {
        PinList list = file.read();
        List<Pin> missing = list.missing(batch);
        if (!missing.isEmpty()) {
          file.add(missing);
          missing.forEach(pin -> LOG.atInfo().addKeyValue("pin", pin.pinned()).log("pinned"));
          events.pinned(missing.stream().map(pin -> pin.pinned().toString()).toList());
        }
        written(batch);
      }
    } catch (IOException | RuntimeException | Error e) {
      failed(String.valueOf(e.getMessage()), e);
    }
  }

  private synchronized List<Pin> batch() {
    if (unwritten.isEmpty()) {
      writing = false;
      notifyAll();
    }
    return new ArrayList<>(unwritten.values());
  }

  private synchronized void written(List<Pin> batch) {
    batch.forEach(pin -> unwritten.remove(pin.pinned()));
    failing = false;
  }

  private synchronized void failed(String why, Throwable e) {
    writing = false;
    notifyAll();
    events.notWritten();
    LOG.atLevel(failing ? Level.DEBUG : Level.WARN)
        .addKeyValue("pins", unwritten.size())
        .setCause(e)
        .log("{}; what was tunnelled is pinned only until the proxy stops", why);
    failing = true;
  }

  /** Returns when what was tunnelled is written, cannot be, or the patience is over. */
  public synchronized void awaitWritten(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long left = patience.toNanos(); writing && left > 0; left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private static List<InetAddress> known(ConnectionRequest destination) {
    return destination.address() instanceof DestinationAddress.Known known
        ? List.of(known.address())
        : List.of();
  }

  /** The client's own name for the destination first. */
  private static Set<Pinned> names(ConnectionRequest destination, List<InetAddress> addresses) {
    Set<Pinned> names = new LinkedHashSet<>();
    names.add(PinnedDestination.of(destination.host(), destination.port()));
    addresses.forEach(address -> names.add(PinnedDestination.of(address, destination.port())));
    return names;
  }
}
