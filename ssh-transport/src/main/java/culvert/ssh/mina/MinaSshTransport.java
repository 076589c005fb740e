package culvert.ssh.mina;

import culvert.ssh.AddressResolver;
import culvert.ssh.Asker;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.SshEvents;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TcpDialer;
import culvert.ssh.mina.auth.LoginFactory;
import culvert.ssh.mina.connection.Clock;
import culvert.ssh.mina.connection.ConnectionServices;
import culvert.ssh.mina.connection.Farewell;
import culvert.ssh.mina.connection.HopSession;
import culvert.ssh.mina.connection.MinaClient;
import culvert.ssh.mina.connection.ServerDialler;
import culvert.ssh.mina.connection.SshConnection;
import culvert.ssh.mina.connection.SystemClock;
import culvert.ssh.mina.connection.WindowBudget;
import culvert.ssh.mina.hostkey.HostKeyStore;
import culvert.ssh.mina.kex.SessionSettings;
import culvert.ssh.mina.pool.SessionPool;
import culvert.ssh.mina.pool.SpareConnections;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** SSH by Apache MINA SSHD, on Netty's event loops. Thread-safe. */
public final class MinaSshTransport implements SshTransport {
  /** Large reads: one read, one hand-over and one flush for many packets. */
  private static final int MAX_READ_BYTES = 256 * 1024;

  /** Whoever has started Culvert, and waits for it, has the processor first. */
  private static final Duration BEFORE_WARM_UP = Duration.ofMillis(300);

  private final ScheduledThreadPoolExecutor timer;
  private final Clock clock;
  private final Executor blocking;
  private final MinaClient client;
  private final SessionSettings settings;
  private final LoginFactory logins;
  private final WindowBudget windows;
  private final SpareConnections spares;
  private final SessionPool pool;

  /**
   * Bounds in bytes.
   *
   * @param channelWindow how large the receive window of one channel may become
   * @param buffered what servers may send in all before anyone takes it
   */
  public record Bounds(long channelWindow, long buffered) {}

  /**
   * Makes a transport without connections.
   *
   * @param blocking where files are read and signatures made; the caller owns it
   */
  public MinaSshTransport(
      NettyTransport transport, AddressResolver resolver, Executor blocking, Bounds bounds) {
    this(transport, resolver, blocking, bounds, SshEvents.NONE, new OutgoingConnections());
  }

  /**
   * The same.
   *
   * @param events who hears of keys, logins and ends
   * @param outgoing where its connections are entered
   */
  public MinaSshTransport(
      NettyTransport transport,
      AddressResolver resolver,
      Executor blocking,
      Bounds bounds,
      SshEvents events,
      OutgoingConnections outgoing) {
    this(transport, resolver, blocking, bounds, events, outgoing, newTimer());
  }

  private MinaSshTransport(
      NettyTransport transport,
      AddressResolver resolver,
      Executor blocking,
      Bounds bounds,
      SshEvents events,
      OutgoingConnections outgoing,
      ScheduledThreadPoolExecutor timer) {
    this(transport, resolver, blocking, bounds, events, outgoing, timer, new SystemClock(timer));
  }

  /** With another time than the machine's for the keeping of sessions. */
  MinaSshTransport(
      NettyTransport transport,
      AddressResolver resolver,
      Executor blocking,
      Bounds bounds,
      Clock clock) {
    this(
        transport,
        resolver,
        blocking,
        bounds,
        SshEvents.NONE,
        new OutgoingConnections(),
        newTimer(),
        clock);
  }

  private MinaSshTransport(
      NettyTransport transport,
      AddressResolver resolver,
      Executor blocking,
      Bounds bounds,
      SshEvents events,
      OutgoingConnections outgoing,
      ScheduledThreadPoolExecutor timer,
      Clock clock) {
    this.timer = timer;
    this.clock = clock;
    this.blocking = blocking;
    windows = new WindowBudget(bounds.channelWindow(), bounds.buffered());
    client = new MinaClient(timer);
    settings = new SessionSettings(blocking);
    logins = new LoginFactory(blocking);
    ConnectionServices services =
        new ConnectionServices(
            resolver,
            new TcpDialer(
                transport,
                Map.of(
                    // The server's FIN is the end of an SSH connection: it has no half-close.
                    ChannelOption.ALLOW_HALF_CLOSURE,
                    false,
                    ChannelOption.RECVBUF_ALLOCATOR,
                    new AdaptiveRecvByteBufAllocator(2048, 16 * 1024, MAX_READ_BYTES)),
                outgoing),
            blocking,
            client,
            settings,
            logins,
            new HostKeyStore(),
            events,
            windows,
            clock);
    spares = new SpareConnections(services, new ServerDialler(services, new Hops()));
    pool = new SessionPool(services, spares);
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "culvert-ssh-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  @Override
  public void warmUp() {
    timer.schedule(
        () -> blocking.execute(new WarmUp(client, settings)),
        BEFORE_WARM_UP.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  @Override
  public Preparation prepare(
      SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop loop) {
    return prepare(server, client, via, Asker.CULVERT, loop);
  }

  private Preparation prepare(
      SshServer server,
      InetAddress client,
      Optional<SshSessionSpec> via,
      Asker asker,
      EventLoop loop) {
    SpareConnections.Path path = pool.path(server, via);
    Optional<SshConnection> connection =
        pool.isWarm(path, client) ? Optional.empty() : spares.prepare(path, via, asker, loop);
    // Where nothing can be prepared, what there is to say is the login's.
    return connection
        .map(made -> new Prepared(on(loop, made.reached()), on(loop, made.ready()), made::ownTime))
        .orElseGet(
            () ->
                new Prepared(
                    loop.newSucceededFuture(null),
                    loop.newSucceededFuture(null),
                    () -> Duration.ZERO));
  }

  private static Future<Void> on(EventLoop loop, Future<Void> future) {
    Promise<Void> promise = loop.newPromise();
    PromiseNotifier.cascade(false, future, promise);
    return promise;
  }

  private record Prepared(Future<Void> reached, Future<Void> ready, Supplier<Duration> own)
      implements Preparation {
    @Override
    public Duration heldUp() {
      return own.get();
    }
  }

  private final class Hops implements ServerDialler.HopSessions {
    @Override
    public Future<HopSession> connect(SshSessionSpec hop, EventLoop loop) {
      return pool.connectHop(hop, loop);
    }

    @Override
    public Duration heldUp(SshSessionSpec hop) {
      return pool.heldUp(hop);
    }
  }

  @Override
  public Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
    return pool.connect(spec, loop);
  }

  @Override
  public Duration heldUp(SshSessionSpec spec) {
    return pool.heldUp(spec);
  }

  @Override
  public Optional<SshException> unfinished(SshSessionSpec spec) {
    return pool.unfinished(spec);
  }

  @Override
  public SshTransport onBehalfOf(Asker asker) {
    return new OnBehalf(asker);
  }

  private final class OnBehalf implements SshTransport {
    private final Asker asker;

    OnBehalf(Asker asker) {
      this.asker = asker;
    }

    @Override
    public Preparation prepare(
        SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop loop) {
      return MinaSshTransport.this.prepare(
          server, client, via.map(hop -> hop.onBehalfOf(asker)), asker, loop);
    }

    @Override
    public Future<SshSession> connect(SshSessionSpec spec, EventLoop loop) {
      return MinaSshTransport.this.connect(spec.onBehalfOf(asker), loop);
    }

    @Override
    public Duration heldUp(SshSessionSpec spec) {
      return MinaSshTransport.this.heldUp(spec);
    }

    @Override
    public Optional<SshException> unfinished(SshSessionSpec spec) {
      return MinaSshTransport.this.unfinished(spec);
    }

    @Override
    public void awaitChannelsClosed(Duration patience) throws InterruptedException {
      MinaSshTransport.this.awaitChannelsClosed(patience);
    }

    @Override
    public void close() {
      // It is the transport that is closed, by whoever made it.
    }
  }

  @Override
  public void awaitChannelsClosed(Duration patience) throws InterruptedException {
    windows.awaitUnused(patience);
  }

  /** Neither sessions nor who waits for them. */
  boolean keepsNothing() {
    return pool.isEmpty();
  }

  @Override
  public void close() {
    List<SshConnection> leaving = new ArrayList<>(spares.close());
    leaving.addAll(pool.close());
    Farewell.await(leaving, clock);
    client.close();
    logins.close();
    timer.shutdownNow();
  }
}
