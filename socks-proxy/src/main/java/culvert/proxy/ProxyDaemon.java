package culvert.proxy;

import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import culvert.proxy.admin.AdminServer;
import culvert.proxy.admin.Health;
import culvert.proxy.audit.Audit;
import culvert.proxy.capture.Capture;
import culvert.proxy.capture.ThisHost;
import culvert.proxy.door.Admissions;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.event.Jobs;
import culvert.proxy.event.Stories;
import culvert.proxy.ftp.active.ActiveServices;
import culvert.proxy.ftp.active.BindTable;
import culvert.proxy.ftp.passive.DataListeners;
import culvert.proxy.handover.ExecDoor;
import culvert.proxy.metrics.Metrics;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.ProcClientOwners;
import culvert.proxy.owner.SocketPrograms;
import culvert.proxy.owner.SocketUsers;
import culvert.proxy.pin.FilePins;
import culvert.proxy.relay.BufferBudget;
import culvert.proxy.relay.Relay;
import culvert.proxy.route.Policy;
import culvert.proxy.route.Router;
import culvert.proxy.state.StateDirectory;
import culvert.proxy.tunnel.LoggedStatus;
import culvert.proxy.tunnel.RemoteTunnel;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.proxy.upstream.BlockingResolver;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.GuardedSsh;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.NamedAddresses;
import culvert.proxy.upstream.OpeningTimes;
import culvert.proxy.upstream.OwnListeners;
import culvert.proxy.upstream.TcpConnector;
import culvert.proxy.upstream.Upstreams;
import culvert.ssh.AddressResolver;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.SshException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The proxy in one process: makes the parts, connects them, and takes them down again. All methods
 * may block and are called from outside of the event loops.
 */
public final class ProxyDaemon implements AutoCloseable {
  /** A server may take a second to answer ABOR. */
  private static final Duration LAST_WORDS = Duration.ofMillis(1500);

  /** Somebody else may hold the file's lock. */
  private static final Duration PINS_WRITTEN = Duration.ofSeconds(2);

  private final CulvertConfig config;
  private final NettyTransport transport = NettyTransport.preferred();
  private final Begun foundations;
  private final EventLoopGroup loops;
  private final Metrics metrics;
  private final Audit audit;
  private final Reloads reloads;
  private final OwnListeners ownListeners = new OwnListeners();
  private final OutgoingConnections outgoing = new OutgoingConnections();
  private final NamedAddresses names;
  private final Capture capture;
  private final FilePins pins;
  private final GuardedSsh ssh;
  private final FrontDoors doors;
  private final Leave leave;
  private @Nullable AdminServer admin;
  private volatile Policy policy;
  private boolean closed;

  /**
   * A front door.
   *
   * @param where it is bound, or, for a remote tunnel, is meant to be
   */
  public record Listener(String kind, String name, String where) {
    /** {@code socks 127.0.0.1:1080}. */
    @Override
    public String toString() {
      return kind + " " + where;
    }
  }

  /**
   * @param foundations where it puts what it begins, to be ended if this fails
   */
  private ProxyDaemon(
      CulvertConfig config, DaemonParts parts, TunnelStatus status, Begun foundations) {
    this.config = config;
    this.policy = Policy.of(config);
    this.foundations = foundations;
    metrics = foundations.add(new Metrics(version().orElse("unknown")), Metrics::close);
    metrics.profiles(config.profiles().keySet());
    reloads = new Reloads(config, Clock.systemUTC());
    IntPredicate controlPorts = port -> policy.isControlPort(port);
    audit = foundations.add(new Audit(config, () -> policy.hash(), controlPorts), Audit::close);
    Jobs jobs =
        foundations.add(
            new Jobs(List.of(audit.jobs(), metrics.jobs()), () -> policy.hash()), Jobs::close);
    ExecutorService owning = pool(BlockingPool.create("culvert-owner", ProcClientOwners.THREADS));
    ExecutorService naming = pool(BlockingPool.boundedElsewhere("culvert-names"));
    ExecutorService blocking = pool(BlockingPool.create("culvert-blocking", 16));
    loops =
        foundations.add(
            transport.newGroup("culvert", Math.max(2, Runtime.getRuntime().availableProcessors())),
            ProxyDaemon::shutDown);
    ConnectionLimits limits =
        new ConnectionLimits(config.limits().connections(), config.limits().connectionsPerClient());
    ClientOwners owners = parts.owners().apply(owning);
    OpenConnections connections =
        new OpenConnections(
            Stories.loggedAndCounted(metrics.events(), jobs),
            new SocketPrograms(owners),
            audit::whenRoom);
    AddressResolver resolver = new BlockingResolver(naming, parts.names());
    names = foundations.add(new NamedAddresses(resolver, loops.next()), NamedAddresses::close);
    capture = foundations.add(new Capture(new ThisHost(names::addresses)), Capture::close);
    BufferBudget buffered = new BufferBudget(config.limits().buffered());
    Relay relay = new Relay(buffered);
    ssh =
        foundations.add(
            new GuardedSsh(
                parts
                    .ssh()
                    .create(
                        transport,
                        resolver,
                        blocking,
                        config.limits(),
                        new SshTold(audit, metrics.ssh()),
                        outgoing),
                ownListeners,
                resolver),
            GuardedSsh::close);
    pins =
        new FilePins(
            new StateDirectory(config.stateDirectory()),
            () -> policy.pinTunnelled(),
            () -> policy.fixedTargets(),
            blocking,
            Clock.systemUTC(),
            new PinsTold(audit, metrics.events()));
    DirectConnector direct =
        TcpConnector.relayed(transport, outgoing, ownListeners, capture.answers());
    Upstreams upstreams =
        new Upstreams(resolver, direct, ssh, pins, HeldPorts.NONE, owners, OpeningTimes.DEFAULT);
    DataListeners dataListeners =
        new DataListeners(transport, loops, owners, limits, connections, ownListeners);
    BindTable binds = new BindTable(owners);
    ActiveServices active = new ActiveServices(limits, binds, connections);
    DaemonParts.Ftp ftp =
        parts.ftp().create(upstreams, relay, dataListeners, active, capture, controlPorts);
    Router router =
        new Router(
            () -> policy,
            names,
            ftp.dataConnections(),
            ftp.sessions(),
            upstreams.holding(ftp.dataConnections()),
            relay,
            connections);
    doors =
        new FrontDoors(
            new FrontDoors.Sockets(
                transport, loops, ownListeners, outgoing, capture, PassedSockets.ofProcess()),
            new Admissions(
                limits,
                SocketUsers.beforeLogin(config.limits().beforeLogin(), owners),
                metrics.events(),
                audit.doors()),
            config.limits().handshakeTimeout(),
            router,
            binds,
            (listener, door) ->
                new RemoteTunnel(
                    listener,
                    () -> policy.profile(listener.profile()),
                    ssh,
                    door,
                    status,
                    loops.next()));
    new ShownNumbers(metrics).of(buffered, limits).of(audit).of(reloads).of(capture);
    leave = new Leave(router, doors, connections, limits, audit::letEverybodyIn);
  }

  private ExecutorService pool(ExecutorService threads) {
    return foundations.add(threads, ExecutorService::shutdownNow);
  }

  private static void shutDown(EventLoopGroup loops) {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static ProxyDaemon create(CulvertConfig config, DaemonParts parts, TunnelStatus status) {
    Begun foundations = new Begun();
    try {
      return new ProxyDaemon(config, parts, status, foundations);
    } catch (RuntimeException | Error e) {
      foundations.close();
      throw e;
    }
  }

  /**
   * Returns when every listener is bound.
   *
   * @throws IOException which says what could not be bound and why; nothing is left running then
   */
  public static ProxyDaemon start(CulvertConfig config) throws IOException {
    return start(config, new LoggedStatus());
  }

  /**
   * The same.
   *
   * @param status hears of the remote tunnels
   */
  public static ProxyDaemon start(CulvertConfig config, TunnelStatus status) throws IOException {
    return start(config, DaemonParts.REAL, status);
  }

  /**
   * Logs in to a profile's SSH server once, as its fixed user, and hangs up.
   *
   * @throws SshException the login failed
   */
  public static void tryLogin(CulvertConfig config, String profile)
      throws SshException, InterruptedException {
    try (ProxyDaemon daemon = create(config, DaemonParts.REAL, new LoggedStatus())) {
      RemoteTunnel.tryLogin(daemon.policy.profile(profile), daemon.ssh, daemon.loops.next());
    }
  }

  static ProxyDaemon start(CulvertConfig config, DaemonParts parts) throws IOException {
    return start(config, parts, new LoggedStatus());
  }

  static ProxyDaemon start(CulvertConfig config, DaemonParts parts, TunnelStatus status)
      throws IOException {
    ProxyDaemon daemon = create(config, parts, status);
    try {
      daemon.open();
      return daemon;
    } catch (IOException | RuntimeException | Error e) {
      daemon.close();
      throw e;
    }
  }

  private void open() throws IOException {
    if (config.pinTunnelled()) {
      pins.prepare();
    }
    audit.open(Stories.newBoot());
    new WantedNames(policy.rules().names(), capture.names(config)).lookUp(names);
    for (ListenerConfig listener : config.listeners()) {
      listener.accept(doors);
    }
    if (config.admin().isPresent()) {
      admin =
          AdminServer.start(transport, config.admin().get(), metrics::scrape, this::health, loops);
      ownListeners.add(admin.address());
    }
    capture.start(config);
    audit.started(version().orElse(""), listeners().stream().map(Listener::toString).toList());
    doors.open(); // what clients bring about is told behind that
    ssh.warmUp();
  }

  private Health health() {
    return reloads.health(
        leave.hasBegun()
            ? Health.Service.DRAINING
            : audit.holdsUpJobs() ? Health.Service.WAITS_FOR_AUDIT : Health.Service.OK);
  }

  /** Out of the jar's manifest; empty: not run from its jar. */
  public static Optional<String> version() {
    return Optional.ofNullable(ProxyDaemon.class.getPackage().getImplementationVersion());
  }

  /** Lets commands of {@code culvert exec} in by a UNIX socket, or says why not. */
  public ExecDoor acceptCommands(Path socket) throws IOException {
    return doors.commands(socket, () -> policy.pseudoAddresses());
  }

  /** The front doors, in the order of the configuration. */
  public List<Listener> listeners() {
    return doors.listeners();
  }

  /** Where those front doors are bound that are sockets, in the order of the configuration. */
  public List<InetSocketAddress> addresses() {
    return doors.addresses();
  }

  /** Where the admin port is bound; empty: it is off. */
  public Optional<InetSocketAddress> adminAddress() {
    return Optional.ofNullable(admin).map(AdminServer::address);
  }

  /** Shows a number among the metrics that somebody else counts up. */
  public void counter(String name, String description, LongSupplier count) {
    metrics.counter(name, description, count);
  }

  /**
   * Takes rules and profiles for new connections; those that are open go on under the old ones.
   *
   * @return the sections that differ and need a restart, which stay as they were
   * @throws IOException pins are to be kept from now on and cannot be, or netfilter's rules cannot
   *     follow: everything stays as it was
   */
  public List<String> reload(CulvertConfig changed) throws IOException {
    if (changed.pinTunnelled() && !policy.pinTunnelled()) {
      pins.prepare();
    }
    // Listeners stay until the restart, and so do the profiles of those that are fixed tunnels.
    Policy next = Policy.of(changed, config.listeners()).withMissing(config.profiles());
    WantedNames wanted = new WantedNames(next.rules().names(), capture.names(changed));
    wanted.lookUp(names);
    capture.reload(changed);
    metrics.profiles(next.profiles().keySet()); // before anybody logs in by one of them
    policy = next;
    names.wantOnly(wanted.all());
    List<String> restart = reloads.taken(changed);
    audit.reloaded(changed, restart);
    return restart;
  }

  /** A configuration that was to be reloaded could not be: health and metrics say so. */
  public void reloadFailed() {
    reloads.failed();
  }

  /** Has the audit trail's file opened anew, for somebody has moved it away. */
  public void reopen() {
    audit.reopen();
  }

  /**
   * Takes no new connections but for the data of the FTP sessions that are there, lets the open
   * ones end, and resets those that have not by the end of the patience. Returns then; {@link
   * #close} is still to be called.
   */
  public void drain(Duration patience) throws InterruptedException {
    leave.inOrder(patience);
  }

  /**
   * Resets what is open, and says so: a drain waits no more, whether it has begun or begins now.
   * Does not wait itself.
   */
  public void cut() {
    leave.cut();
  }

  /** Resets what is open and gives everything back. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    leave.atOnce();
    if (admin != null) {
      admin.close();
    }
    // An upload that was just broken off is aborted at the FTP server before its tunnel goes.
    Leave.last(() -> ssh.awaitChannelsClosed(LAST_WORDS));
    doors.release();
    Leave.last(() -> pins.awaitWritten(PINS_WRITTEN));
    foundations.close();
  }
}
