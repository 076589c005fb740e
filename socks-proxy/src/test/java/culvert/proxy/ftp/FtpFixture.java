package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.Decision.Decided;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.Stories;
import culvert.proxy.ftp.active.ActiveServices;
import culvert.proxy.ftp.active.BindTable;
import culvert.proxy.ftp.passive.CapturedData;
import culvert.proxy.ftp.passive.DataListeners;
import culvert.proxy.ftp.passive.ExpectedDataConnections;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.relay.BufferBudget;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.ConnectFailedException;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.GuardedSsh;
import culvert.proxy.upstream.OpeningTimes;
import culvert.proxy.upstream.OwnListeners;
import culvert.proxy.upstream.TunnelPins;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import culvert.proxy.upstream.Upstreams;
import culvert.ssh.AddressResolver;
import culvert.ssh.NettyTransport;
import culvert.ssh.NotLookedUpException;
import culvert.ssh.TcpDialer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The FTP part with a front door that answers with one byte (0: connected, else the refusal's
 * code), an SSH server that is {@link FakeSsh}, and an FTP server that the test plays itself.
 */
public final class FtpFixture implements AutoCloseable, AfterEachCallback {
  static final String HOST = "ftp.example";

  /** Longer than any test takes, pauses of the whole process included. */
  static final Duration NEVER = Duration.ofMinutes(10);

  private record Asked(
      String host,
      int port,
      Optional<String> user,
      Decided decided,
      Optional<DestinationAddress> ruled) {
    Asked(String host, int port, Optional<String> user, Decided decided) {
      this(host, port, user, decided, Optional.empty());
    }
  }

  private final MultiThreadIoEventLoopGroup loops = NettyTransport.preferred().newGroup("ftp", 3);
  private final ConcurrentLinkedQueue<Asked> arriving = new ConcurrentLinkedQueue<>();
  private final List<Closeable> open = new ArrayList<>();
  private final Channel door;
  private final TcpDialer dialer = new TcpDialer(NettyTransport.preferred(), Map.of());
  private volatile SessionStarts sessions;
  private volatile Duration abort = NEVER;
  private volatile Duration earlyData = NEVER;
  private volatile Duration lateData = NEVER;
  final FakeSsh ssh = new FakeSsh(loops.next());
  final ConnectionLimits limits = new ConnectionLimits(20, 0);
  final OwnListeners ownListeners = new OwnListeners();
  final OpenConnections connections =
      new OpenConnections(Stories.loggedAndCounted(ProxyEvents.NONE));
  final BindTable binds = new BindTable(ClientOwners.NONE);
  final ExpectedDataConnections expected = new ExpectedDataConnections(port -> port == 2121);
  final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>(); // of the name server
  final List<InetAddress> pinsAsked = new CopyOnWriteArrayList<>();
  final Set<String> notLookedUp = ConcurrentHashMap.newKeySet();
  final Set<String> unresolvable = ConcurrentHashMap.newKeySet(); // for the rules; host:port
  final Set<String> undecided = ConcurrentHashMap.newKeySet(); // by the rules; host:port
  final Set<String> defective = ConcurrentHashMap.newKeySet(); // the rules; host:port
  final List<Recorded> recorded = new CopyOnWriteArrayList<>();
  final List<DuplexChannel> clients = new CopyOnWriteArrayList<>();
  final List<Integer> direct = new CopyOnWriteArrayList<>();
  final Map<String, Route> routes = new ConcurrentHashMap<>(); // by host:port
  final Set<String> pinned = ConcurrentHashMap.newKeySet();
  final ServerSocket ftpServer;

  volatile Future<?> pinGate = loops.next().newSucceededFuture(null);

  private volatile Future<?> ownerGate = loops.next().newSucceededFuture(null);

  final AtomicInteger ownersAsked = new AtomicInteger();
  volatile Function<Channel, SocketOwner> owner = client -> new SocketOwner.Unknown();
  volatile boolean destinationsNamed = true;
  volatile boolean hangUpOnRefusal; // clients do, before they have heard all of it
  volatile boolean pinsDefective;
  volatile SshProfile profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PASSWORD);

  FtpFixture() {
    ftpServer = listen(10);
    ssh.map(21, ftpServer.getLocalPort());
    names.put(HOST, List.of(InetAddress.getLoopbackAddress()));
    patience(NEVER, NEVER);
    door = bindDoor();
  }

  /** How long control connections that begin from now on wait for their tunnel, and in all. */
  void patience(Duration tunnel, Duration opening) {
    patience(tunnel, opening, NEVER, NEVER);
  }

  /** How long servers may take for a replayed login, and clients for theirs, from now on. */
  void loginPatience(Duration server, Duration client) {
    patience(NEVER, NEVER, server, client);
  }

  private void patience(Duration tunnel, Duration opening, Duration server, Duration client) {
    sessions =
        new SessionStarts(
            new FtpServices(
                new Upstreams(
                    resolver(),
                    connector(),
                    new GuardedSsh(ssh, new OwnListeners(), resolver()),
                    pins(),
                    expected,
                    new FakeOwners(),
                    new OpeningTimes(tunnel, opening)),
                expected,
                new DataListeners(
                    NettyTransport.preferred(),
                    loops,
                    new FakeOwners(),
                    limits,
                    connections,
                    ownListeners),
                CapturedData.BY_OTHERS,
                new ActiveServices(limits, binds, connections),
                new Relay(new BufferBudget(1 << 20)),
                new FtpTimeouts(
                    Duration.ofMillis(500),
                    opening,
                    server,
                    client,
                    abort,
                    NEVER,
                    earlyData,
                    lateData)));
  }

  /** How long servers may take to answer ABOR, of control connections that begin from now on. */
  void abortPatience(Duration patience) {
    abort = patience;
    patience(NEVER, NEVER);
  }

  /**
   * How long servers in active mode are kept and waited for, of control connections that begin from
   * now on.
   */
  void dataPatience(Duration early, Duration late) {
    earlyData = early;
    lateData = late;
    patience(NEVER, NEVER);
  }

  private DirectConnector connector() {
    return (addresses, port, loop, initializer) -> {
      direct.add(port);
      Promise<DuplexChannel> connected = loop.newPromise();
      dialer
          .dial(addresses, port == 21 ? ftpServer.getLocalPort() : port, NEVER, loop, initializer)
          .addListener((Future<DuplexChannel> dialled) -> settle(dialled, port, connected));
      return connected;
    };
  }

  /** Leaves owners unknown until the promise completes. */
  Promise<Void> holdOwners() {
    Promise<Void> gate = loops.next().newPromise();
    ownerGate = gate;
    return gate;
  }

  private final class FakeOwners implements ClientOwners {
    @Override
    public Future<SocketOwner> socket(Arrival client) {
      ownersAsked.incrementAndGet();
      Promise<SocketOwner> found = client.channel().eventLoop().newPromise();
      if (ownerGate.isDone()) { // known at once: its listeners would hear of it on another loop
        found.setSuccess(owner.apply(client.channel()));
      } else {
        ownerGate.addListener(open -> found.setSuccess(owner.apply(client.channel())));
      }
      return found;
    }

    @Override
    public Future<Set<String>> users(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }

    @Override
    public Future<Set<String>> applications(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }
  }

  private static void settle(
      Future<DuplexChannel> dialled, int port, Promise<DuplexChannel> connected) {
    if (dialled.isSuccess()) {
      connected.setSuccess(dialled.getNow());
    } else {
      connected.setFailure(
          new ConnectFailedException(
              Refusal.CONNECTION_REFUSED,
              "port " + port + ": connection refused",
              dialled.cause()));
    }
  }

  private AddressResolver resolver() {
    return (host, executor) -> {
      InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
      List<InetAddress> addresses = literal == null ? names.get(host) : List.of(literal);
      asked.add(host);
      if (notLookedUp.contains(host)) {
        return executor.newFailedFuture(new NotLookedUpException(host + ": too many names"));
      }
      return addresses == null
          ? executor.newFailedFuture(new UnknownHostException(host))
          : executor.newSucceededFuture(addresses);
    };
  }

  private TunnelPins pins() {
    return new TunnelPins() {
      @Override
      public Future<Optional<String>> objection(
          ConnectionRequest destination,
          Optional<FixedTarget> fixed,
          List<InetAddress> addresses,
          EventExecutor executor) {
        Promise<Optional<String>> answer = executor.newPromise();
        pinsAsked.addAll(addresses);
        pinGate.addListener(
            open ->
                answer.setSuccess(
                    Optional.of("pinned").filter(p -> pinned.contains(destination.host()))));
        return answer;
      }

      @Override
      public void tunnelled(
          ConnectionRequest destination,
          Optional<FixedTarget> fixed,
          String server,
          Optional<InetAddress> address) {
        if (pinsDefective) {
          throw new IllegalStateException("for the test");
        }
        pinned.add(destination.host());
        address.map(NetUtil::toAddressString).ifPresent(pinned::add);
      }
    };
  }

  private Channel bindDoor() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(() -> NettyTransport.preferred().newServerSocketChannel())
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.eventLoop().execute(() -> arrived((DuplexChannel) channel));
                  }
                });
    return bootstrap
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private void arrived(DuplexChannel channel) {
    Asked next = arriving.remove();
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(next.host());
    ConnectionRequest request =
        new ConnectionRequest(
            next.host(),
            literal == null
                ? new DestinationAddress.NotResolved()
                : new DestinationAddress.Known(literal),
            next.port(),
            ((InetSocketAddress) channel.remoteAddress()).getAddress(),
            "door");
    DoorClient client =
        new DoorClient(
            Arrival.at(channel), request, next.user(), destinationsNamed, hangUpOnRefusal);
    Recorded recorder = new Recorded();
    recorded.add(recorder);
    clients.add(channel);
    switch (expected.claim(client, new SocketOwner.NotLookedUp(), recorder)) {
      case TAKEN -> {}
      case NEEDS_OWNER -> throw new IllegalStateException("owners are unknown here");
      case HELD -> client.refuse(Refusal.NOT_ALLOWED);
      case NOT_EXPECTED -> {
        if (next.decided() == null) {
          client.refuse(Refusal.COMMAND_NOT_SUPPORTED); // a test's sign for "the rules decide"
        } else {
          sessions.start(
              client,
              new RoutedRequest(
                  next.ruled().map(request::withAddress).orElse(request),
                  next.decided(),
                  Optional.of(profile)),
              (late, answer) -> channel.eventLoop().execute(() -> decide(late, answer)),
              recorder);
        }
      }
    }
  }

  /** What the rules say of a destination that the client names later. */
  private void decide(ConnectionRequest request, DestinationRules.Answer answer) {
    String destination = request.host() + ":" + request.port();
    if (undecided.contains(destination)) {
      answer.undecided(new NotLookedUpException(request.host() + ": too many names"));
      return;
    }
    if (defective.contains(destination)) {
      answer.defect(new IllegalStateException("for the test"));
      return;
    }
    ConnectionRequest known =
        unresolvable.contains(destination)
            ? request.withAddress(new DestinationAddress.Unresolvable())
            : request;
    Route route = routes.getOrDefault(destination, new Route.Block());
    answer.decided(
        new RoutedRequest(known, new Decided(Optional.empty(), route), Optional.of(profile)));
  }

  private record DoorClient(
      Arrival arrival,
      ConnectionRequest request,
      Optional<String> user,
      boolean namesDestination,
      boolean hangsUpOnRefusal)
      implements Client {
    @Override
    public void accept() {
      channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0}));
    }

    @Override
    public void refuse(Refusal refusal) {
      if (hangsUpOnRefusal) {
        channel().close();
        return;
      }
      channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) refusal.socks5Code()}));
      Closing.finish(channel(), NEVER);
    }
  }

  /** A control connection through SSH. */
  Peer tunnel(Fallback fallback) throws Exception {
    return control(
        HOST, new Route.FtpTunnel("test", Optional.empty(), fallback, FtpHandling.STANDARD));
  }

  /** A control connection in plaintext. */
  Peer plain(String host) throws Exception {
    return control(host, new Route.Direct(Optional.of(FtpHandling.STANDARD)));
  }

  Peer control(String host, Route route) throws Exception {
    return connect(new Asked(host, 21, Optional.empty(), new Decided(Optional.empty(), route)));
  }

  /** The same, with what the rules have known of the address. */
  Peer control(String host, Route route, DestinationAddress ruled) throws Exception {
    return connect(
        new Asked(
            host, 21, Optional.empty(), new Decided(Optional.empty(), route), Optional.of(ruled)));
  }

  /** Any other connection, for data; answered with 7 if the rules would decide. */
  Peer data(String host, int port) throws Exception {
    return connect(new Asked(host, port, Optional.empty(), null));
  }

  Peer dataAs(String user, String host, int port) throws Exception {
    return connect(new Asked(host, port, Optional.of(user), null));
  }

  private Peer connect(Asked next) throws Exception {
    arriving.add(next);
    InetSocketAddress address = (InetSocketAddress) door.localAddress();
    Peer peer = new Peer(new Socket(address.getAddress(), address.getPort()));
    open.add(peer);
    return peer;
  }

  /** The FTP server's end of the next control connection. */
  Peer server() throws Exception {
    Peer peer = new Peer(ftpServer.accept());
    open.add(peer);
    return peer;
  }

  /** A port on which the FTP server waits for data. */
  ServerSocket listen() {
    return listen(1);
  }

  private ServerSocket listen(int backlog) {
    try {
      ServerSocket listener = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
      listener.setSoTimeout(60_000);
      open.add(listener);
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Peer accept(ServerSocket listener) throws Exception {
    Peer peer = new Peer(listener.accept());
    open.add(peer);
    return peer;
  }

  /** The client's half of a login, whose answer has not been read yet. */
  static void logIn(Peer client) throws IOException {
    assertThat(client.line()).startsWith("220 ");
    client.sendLine("USER bob");
    assertThat(client.line()).startsWith("331 ");
    client.sendLine("PASS secret");
  }

  /** The server's half of that login, which it accepts. */
  static void serveLogin(Peer server) throws IOException {
    server.sendLine("220-FTP here");
    serveUser(server, "bob", "secret", "230-Welcome\r\n230 In.");
  }

  /** The server's half of a login, from the last line of its greeting on. */
  static void serveUser(Peer server, String user, String password, String reply)
      throws IOException {
    server.sendLine("220 ready");
    assertThat(server.line()).isEqualTo("USER " + user);
    server.sendLine("331 password?");
    assertThat(server.line()).isEqualTo("PASS " + password);
    server.sendLine(reply);
  }

  /** Waits until that connection has come to that end. */
  void awaitEnd(int connection, String end) {
    await().untilAsserted(() -> assertThat(recorded.get(connection).events).last().isEqualTo(end));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    for (Closeable closeable : open) {
      closeable.close();
    }
    door.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
