package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.CulvertConfig;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the running Culvert has to do with netfilter. It fills the sets of expected data
 * connections. With {@code on-crash: open} the whole table is its own, and goes with it; with
 * {@code closed} it keeps a table that somebody has loaded as the configuration has it, and loads
 * none. Beside it there is always one of its own with these sets, so that whoever takes the other
 * one away, or loads it anew, takes nothing out of the tunnels of sessions.
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

  private static final String ABSENT =
      "capture: table inet culvert is not loaded, so that nobody is captured (expected: culvert"
          + " capture --apply)";

  private final CaptureHost host;
  private final LongSupplier nanoTime;
  private final long begun;
  private final CapturedWays ways = new CapturedWays(CapturePlan.TABLE, CapturePlan.SETS);
  private final CapturedWays own = new CapturedWays(CapturePlan.DATA_TABLE, CapturePlan.SETS);
  private final Answers answers;
  private final Object lock = new Object();
  private final Thread watch = new Thread(this::watch, "culvert-capture");
  private volatile @Nullable NftSession session;
  private volatile @Nullable Loaded last; // changed under the lock, which may wait for nft
  private int looks; // guarded by the lock
  private volatile boolean closed;

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
    CaptureRules rules = CaptureRules.of(started, started.listeners(), host, Optional.empty());
    SessionGuard.addRoutes(rules.since(), host);
    boolean present = Loaded.isOpen(started) || nft.table().isPresent();
    Loaded first = new Loaded(started, started.listeners(), rules, present, present);
    last = first;
    List<String> commands = first.ofSessions(own);
    if (present) {
      commands.addAll(first.whole(ways));
    }
    NftSession begun = NftSession.start(nft, commands, () -> restored(nft));
    session = begun;
    answers.begin(begun, RedirectPorts.of(started.listeners()), present);
    watch.start();
    if (present) {
      LOG.atInfo().addKeyValue("on_crash", started.capture().get().onCrash()).log("capturing");
    } else {
      LOG.warn(ABSENT);
    }
  }

  private static Optional<OnCrash> onCrash(CulvertConfig config) {
    return config.capture().map(CaptureConfig::onCrash);
  }

  /** For an nft in place of one that has ended. */
  private List<String> restored(Nft nft) {
    Loaded before = last;
    if (before == null) {
      return List.of();
    }
    List<String> commands = before.ofSessions(own);
    commands.addAll(answers.restored());
    if (before.isOpen()) {
      commands.addAll(before.whole(ways));
      return commands;
    }
    try {
      if (nft.table().isPresent()) {
        commands.addAll(ways.all());
      }
    } catch (IOException e) {
      LOG.error("capture: {}", e.getMessage());
    }
    return commands;
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
    CaptureRules rules =
        CaptureRules.of(config, before.listeners(), host, Optional.of(before.rules().since()));
    boolean present = before.isOpen() || Nft.require(host).table().isPresent();
    Loaded now =
        new Loaded(config, before.listeners(), rules, present, present || before.captured());
    boolean asBefore = before.present() && rules.hasPlanOf(before.rules());
    if (!rules.hasDataOf(before.rules())
        || (present && !asBefore)
        || (now.captured() && !SessionGuard.isLoaded(rules.since(), host))) {
      SessionGuard.addRoutes(rules.since(), host);
      load(now);
    }
    last = now;
    if (before.present() && !present) {
      LOG.warn(ABSENT);
    }
  }

  private void load(Loaded now) throws IOException {
    NftSession nft = session;
    if (nft == null) {
      return;
    }
    CompletableFuture<Void> loaded;
    synchronized (ways) {
      List<String> commands = now.ofSessions(own);
      if (now.present()) {
        commands.addAll(now.inPlace(ways));
      }
      loaded = nft.run(commands);
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
    if (loaded == null || !loaded.captured()) {
      return;
    }
    boolean due = ++looks % LOOKS_PER_ROUTES == 0;
    RedirectPorts listeners = RedirectPorts.of(loaded.listeners());
    if (due) {
      SessionGuard.addRoutes(loaded.rules().since(), host);
    }
    if (due || !answers.haveRoutes(listeners)) {
      answers.addRoutes(listeners);
    }
  }

  /** Whether what comes from there is captured on its way to others. */
  public boolean isForwarded(InetAddress client) {
    Loaded loaded = last;
    return loaded != null
        && loaded.forwarded().stream().anyMatch(network -> network.contains(client));
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
      List<String> commands = new ArrayList<>(own.open(SetElement.of(way)));
      commands.addAll(ways.open(SetElement.of(way)));
      done = present.run(commands);
    }
    done.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            opened.setSuccess(null);
          } else {
            own.failed(SetElement.of(way));
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
        present.run(own.giveUp(SetElement.of(way), later.toSeconds()));
        present.run(ways.giveUp(SetElement.of(way), later.toSeconds())); // that may be gone
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
    return loaded.forwarded().isEmpty() && (loaded.isOpen() || isRemoved());
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
      if (loaded != null && loaded.isOpen() && isLast(loaded)) {
        present.run(TableCommands.removed(SessionGuard.TABLE)).exceptionally(failed -> null).join();
      }
      present.close();
    }
  }
}
