package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Cidr;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.config.RedirectPorts;
import culvert.proxy.door.HostAddress;
import culvert.proxy.ftp.passive.CapturedData;
import culvert.proxy.upstream.KeptAnswers;
import culvert.ssh.PlainWords;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the running Culvert has to do with netfilter. It fills the sets of expected data
 * connections. With {@code on-crash: open} the whole table is its own, and goes with it; with
 * {@code closed} it keeps a table that somebody has loaded as the configuration has it, and loads
 * none.
 *
 * <p>A watch looks every few seconds whether the names in the section still stand for the same: a
 * cgroup that was made anew is another one for the kernel. Thread-safe; {@link #open} and {@link
 * #giveUp} do not block, the others do.
 */
public final class Capture implements CapturedData, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
  private static final Duration LOOKS = Duration.ofSeconds(2);
  private static final int LOOKS_PER_ROUTES = 5;

  /** For as long clients that come late are kept from the rules where their session has ended. */
  private static final Duration LATE = Duration.ofSeconds(60);

  private final CaptureHost host;
  private final LongSupplier nanoTime;
  private final long begun;
  private final CapturedWays ways = new CapturedWays(CapturePlan.SETS);
  private final Answers answers;
  private final Object lock = new Object();
  private final Thread watch = new Thread(this::watch, "culvert-capture");
  private volatile @Nullable NftSession session;
  private volatile @Nullable Loaded last; // changed under the lock, which may wait for nft
  private int looks; // guarded by the lock
  private volatile boolean closed;

  /**
   * What was loaded last.
   *
   * @param listeners those that are bound
   * @param present whether there is a table: with {@code closed} others load and remove it
   */
  private record Loaded(
      CulvertConfig config, List<ListenerConfig> listeners, CapturePlan plan, boolean present) {
    boolean isOpen() {
      return Capture.isOpen(config);
    }
  }

  public Capture(CaptureHost host) {
    this(host, System::nanoTime);
  }

  Capture(CaptureHost host, LongSupplier nanoTime) {
    this.host = host;
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
    this.answers = new Answers(host, this::isForwardedFromElsewhere);
    watch.setDaemon(true);
  }

  /**
   * Begins, when the listeners are bound. Without the section {@code capture} it does nothing,
   * ever.
   *
   * @throws IOException with a message for the user
   */
  public void start(CulvertConfig started) throws IOException {
    if (started.capture().isEmpty()) {
      return;
    }
    Nft nft = Nft.require(host);
    CapturePlan plan = plan(started, started.listeners());
    SessionGuard.addRoutes(started.capture().get(), host);
    boolean present = isOpen(started) || nft.table().isPresent();
    Loaded first = new Loaded(started, started.listeners(), plan, present);
    last = first;
    NftSession begun =
        NftSession.start(nft, present ? whole(first) : List.of(), () -> restored(nft));
    session = begun;
    answers.begin(begun, RedirectPorts.of(started.listeners()), present);
    watch.start();
    if (present) {
      LOG.atInfo().addKeyValue("on_crash", started.capture().get().onCrash()).log("capturing");
    } else {
      LOG.warn(
          "capture: table inet culvert is not loaded, so that nobody is captured (expected: culvert"
              + " capture --apply)");
    }
  }

  private static boolean isOpen(CulvertConfig config) {
    return onCrash(config).filter(OnCrash.OPEN::equals).isPresent();
  }

  private static Optional<OnCrash> onCrash(CulvertConfig config) {
    return config.capture().map(CaptureConfig::onCrash);
  }

  private CapturePlan plan(CulvertConfig of, List<ListenerConfig> listeners) throws IOException {
    CaptureScope scope = host.look(of.capture().orElseThrow(), host.ownUser()).scope();
    try {
      return CapturePlan.of(of, listeners, scope);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** A table that is our own begins anew: what is there under its name is nobody's. */
  private List<String> whole(Loaded table) {
    Stream<String> before =
        table.isOpen() ? TableCommands.removed(CapturePlan.TABLE).stream() : Stream.empty();
    return Stream.concat(before, loaded(table.config(), table.plan())).toList();
  }

  private static List<Cidr> forwarded(CulvertConfig config) {
    return config.capture().map(CaptureConfig::forwarded).orElse(List.of());
  }

  private Stream<String> loaded(CulvertConfig config, CapturePlan plan) {
    return Stream.of(
            plan.commands(), SessionGuard.commands(config.capture().orElseThrow()), ways.all())
        .flatMap(List::stream);
  }

  /** For an nft in place of one that has ended. */
  private List<String> restored(Nft nft) {
    Loaded before = last;
    if (before == null) {
      return List.of();
    }
    if (before.isOpen()) {
      return whole(before);
    }
    try {
      return nft.table().isPresent() ? ways.all() : List.of();
    } catch (IOException e) {
      LOG.error("capture: {}", e.getMessage());
      return List.of();
    }
  }

  /**
   * Whether that can be taken over without a restart: who is captured, and where to, but not
   * whether at all, nor what becomes of them without Culvert.
   */
  public static boolean canBecome(CulvertConfig started, CulvertConfig changed) {
    return onCrash(started).equals(onCrash(changed));
  }

  /**
   * The names among the destinations on which depends who is captured, when that configuration is
   * the one to {@link #reload}: what cannot be taken over goes on as it is.
   */
  public Set<String> names(CulvertConfig next) {
    Loaded loaded = last;
    CulvertConfig captured =
        loaded == null || canBecome(loaded.config(), next) ? next : loaded.config();
    return Set.copyOf(captured.capture().map(CaptureConfig::names).orElse(List.of()));
  }

  /**
   * Takes the rules of another configuration over, in one transaction, if it {@link #canBecome}
   * that.
   *
   * @throws IOException it could not: everything is as it was
   */
  public void reload(CulvertConfig changed) throws IOException {
    synchronized (lock) {
      Loaded before = last;
      if (before != null && canBecome(before.config(), changed)) {
        become(before, changed);
      }
    }
  }

  private void become(Loaded before, CulvertConfig config) throws IOException {
    assert Thread.holdsLock(lock);
    CapturePlan plan = plan(config, before.listeners());
    boolean present = before.isOpen() || Nft.require(host).table().isPresent();
    if (present && !(before.present() && plan.text().equals(before.plan().text()))) {
      SessionGuard.addRoutes(config.capture().orElseThrow(), host);
      load(config, plan);
    }
    last = new Loaded(config, before.listeners(), plan, present);
  }

  private void load(CulvertConfig config, CapturePlan plan) throws IOException {
    NftSession nft = session;
    if (nft == null) {
      return;
    }
    CompletableFuture<Void> loaded;
    synchronized (ways) {
      loaded = nft.run(loaded(config, plan).toList());
    }
    try {
      loaded.get();
      LOG.info("capture: the rules are those of the configuration as it is now");
    } catch (ExecutionException e) {
      throw new IOException("capture: " + PlainWords.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("capture: interrupted", e);
    }
  }

  private void watch() {
    String said = "";
    while (!closed) {
      try {
        Thread.sleep(LOOKS.toMillis());
        look();
        answers.tidy();
        said = "";
      } catch (IOException | RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        if (!closed && !now.equals(said)) {
          Throwable defect = e instanceof IOException ? null : e;
          LOG.error("capture: the rules stay as they were: {}", now, defect);
        }
        said = now;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() throws IOException {
    synchronized (lock) {
      Loaded before = last;
      if (before != null) {
        become(before, before.config());
        tendRoutes();
      }
    }
  }

  /** Others change routes, too. */
  private void tendRoutes() throws IOException {
    assert Thread.holdsLock(lock);
    Loaded loaded = last;
    if (loaded == null || !loaded.present()) {
      return;
    }
    boolean due = ++looks % LOOKS_PER_ROUTES == 0;
    RedirectPorts listeners = RedirectPorts.of(loaded.listeners());
    if (due) {
      SessionGuard.addRoutes(loaded.config().capture().orElseThrow(), host);
    }
    if (due || !answers.haveRoutes(listeners)) {
      answers.addRoutes(listeners);
    }
  }

  /** Whether what comes from there is captured on its way to others. */
  public boolean isForwarded(InetAddress client) {
    Loaded loaded = last;
    return loaded != null
        && forwarded(loaded.config()).stream().anyMatch(network -> network.contains(client));
  }

  /**
   * Whether what netfilter brings here on its way to that port can only be of a session of a
   * Culvert before: no client begins there. A socket that systemd has passed may hold such
   * connections, and so may one that was bound before the sets of the table were emptied.
   */
  public boolean isLeftBehind(int port) {
    Loaded loaded = last;
    return loaded != null
        && nanoTime.getAsLong() - begun < LATE.toNanos()
        && !PortSet.of(loaded.config()).contains(port);
  }

  private boolean isForwardedFromElsewhere(InetAddress client) {
    return isForwarded(client) && !HostAddress.isThisHost(client);
  }

  @Override
  public Future<Void> open(Way way, EventExecutor loop) {
    NftSession present = session;
    if (present == null) {
      return BY_OTHERS.open(way, loop);
    }
    Promise<Void> opened = loop.newPromise();
    CompletableFuture<Void> done;
    synchronized (ways) {
      done = present.run(ways.open(SetElement.of(way)));
    }
    done.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            opened.setSuccess(null);
          } else {
            ways.failed(SetElement.of(way));
            opened.setFailure(told(way, failure));
          }
        });
    return opened;
  }

  private static Throwable told(Way way, Throwable failure) {
    Throwable why =
        failure instanceof Nft.NoSuchException
            ? new IOException("table inet culvert is not loaded", failure)
            : failure;
    LOG.atError()
        .addKeyValue("server", IpFamily.text(way.server()))
        .addKeyValue("port", way.port().isPresent() ? way.port().getAsInt() : "any")
        .log("capture: refusing a data connection that cannot be captured: {}", why.getMessage());
    return why;
  }

  @Override
  public void giveUp(Way way, Duration later) {
    NftSession present = session;
    if (present != null) {
      synchronized (ways) {
        present.run(ways.giveUp(SetElement.of(way), later.toSeconds()));
      }
    }
  }

  /** For what Culvert connects by addresses of others; without a section it keeps none. */
  public KeptAnswers answers() {
    return answers;
  }

  /** How often nft had to be started anew. */
  public long restarts() {
    NftSession present = session;
    return present == null ? 0 : present.restarts();
  }

  /** Sockets of sessions of other hosts stay for a while, and so does what keeps their packets. */
  private boolean isLast(Loaded loaded) {
    return forwarded(loaded.config()).isEmpty() && (loaded.isOpen() || isRemoved());
  }

  /** Who has removed the table has left the rest to us. */
  private boolean isRemoved() {
    try {
      return Nft.require(host).table().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** What is captured by a table of ours is not captured any more when this returns. Idempotent. */
  @Override
  public void close() {
    closed = true;
    watch.interrupt();
    Loaded loaded = last;
    answers.end(loaded != null && isLast(loaded));
    NftSession present = session;
    if (present != null) {
      present.close();
    }
  }
}
