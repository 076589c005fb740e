package culvert.ssh.mina;

import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.HostKeyPolicy;
import culvert.config.SshLogin;
import culvert.config.SshPooling;
import culvert.config.SshProfile;
import culvert.config.SshTimeouts;
import culvert.config.SshWay;
import culvert.ssh.AddressResolver;
import culvert.ssh.HostKeyChange;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.Password;
import culvert.ssh.SshEvents;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.forward.PortForwardingEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/** The transport, and MINA's server for it to reach. */
public final class TransportFixture implements AutoCloseable {
  public static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  public static final String PASSWORD = "right";

  /** What names that end with {@code .defect} come to. */
  public final RuntimeException defect = new IllegalStateException("it was a defect");

  /** For connections and for logins, each; runs out as {@link #passes} says. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  public final List<String> logins = new CopyOnWriteArrayList<>();

  /** Of logins and ends. */
  public final List<String> events = new CopyOnWriteArrayList<>();

  public final Path knownHosts;
  public final MinaSshTransport transport;
  public final EventLoop loop;
  public final org.apache.sshd.server.SshServer server;
  private final FrozenLoops loops = new FrozenLoops("test", 2);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  private volatile boolean filesHeld;
  private final Set<Integer> listening = ConcurrentHashMap.newKeySet();
  private volatile boolean filesFail;

  /** Those that end with {@code .queued}, and that nobody has answered yet. */
  public final Queue<Promise<List<InetAddress>>> names = new ConcurrentLinkedQueue<>();

  private final Path directory;
  private Duration idleTimeout = Duration.ofSeconds(60);
  private Duration maxLifetime = Duration.ofHours(12);
  private int connections = 2;
  private Duration refusedLoginMemory = Duration.ofSeconds(60);

  /** None on a clock that a test moves: the server's answers take their own time. */
  private final Duration serverAliveInterval;

  private final Optional<FakeClock> clock;
  private boolean acceptNew = true;
  private final AtomicInteger contacts = new AtomicInteger();
  private final Semaphore answers = new Semaphore(1);
  private volatile boolean strictKeyExchange = true;
  private volatile int loginsAtMost = Integer.MAX_VALUE;
  private volatile Optional<String> remark = Optional.empty();
  private volatile String right = PASSWORD;

  public TransportFixture() throws IOException {
    this(LOOPBACK);
  }

  /** With a server at that address, for which every name stands. */
  public TransportFixture(InetAddress address) throws IOException {
    this(address, Optional.empty());
  }

  /** With a clock that the test moves. */
  public TransportFixture(FakeClock clock) throws IOException {
    this(LOOPBACK, Optional.of(clock));
  }

  private TransportFixture(InetAddress address, Optional<FakeClock> clock) throws IOException {
    directory = Files.createTempDirectory("culvert-transport-");
    knownHosts = directory.resolve("known_hosts");
    loop = loops.next();
    this.clock = clock;
    serverAliveInterval = clock.isPresent() ? Duration.ZERO : Duration.ofSeconds(15);
    server = org.apache.sshd.server.SshServer.setUpDefaultServer();
    server.setHost(address.getHostAddress());
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    server.setPasswordAuthenticator(
        (user, password, session) -> {
          logins.add(user + ":" + password);
          answers.acquireUninterruptibly();
          answers.release();
          if (remark.isPresent()) {
            sendBanner(session, remark.get());
          }
          return password.equals(right) && logins.size() <= loginsAtMost;
        });
    server.setSessionFactory(
        new SessionFactory(server) {
          @Override
          protected ServerSessionImpl doCreateSession(IoSession socket) throws Exception {
            return strictKeyExchange
                ? super.doCreateSession(socket)
                : new LenientSession(getServer(), socket);
          }
        });
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            contacts.incrementAndGet();
          }
        });
    server.addPortForwardingEventListener(new Listening());
    server.start();
    AddressResolver resolver =
        (host, executor) -> {
          if (host.endsWith(".queued")) {
            Promise<List<InetAddress>> queued = executor.newPromise();
            names.add(queued);
            return queued;
          }
          if (host.equals("throws.defect")) {
            throw defect;
          }
          if (host.equals("fails.defect")) {
            return executor.newFailedFuture(defect);
          }
          return host.equals("unknown.invalid")
              ? executor.newFailedFuture(new UnknownHostException(host))
              : executor.newSucceededFuture(List.of(address));
        };
    Executor blocking =
        task -> {
          if (filesFail) {
            throw defect;
          }
          if (filesHeld) {
            held.add(task);
          } else {
            threads.execute(task);
          }
        };
    MinaSshTransport.Bounds bounds = new MinaSshTransport.Bounds(1 << 20, 8 << 20);
    NettyTransport netty = NettyTransport.preferred();
    transport =
        clock
            .map(time -> new MinaSshTransport(netty, resolver, blocking, bounds, time))
            .orElseGet(
                () ->
                    new MinaSshTransport(
                        netty, resolver, blocking, bounds, new Heard(), new OutgoingConnections()));
  }

  private final class Heard implements SshEvents {
    @Override
    public void accepted(SshServer server, String key) {}

    @Override
    public void changed(SshServer server, HostKeyChange change, String key, String how) {}

    @Override
    public void loggedIn(SshServer server) {
      events.add("logged in to " + server.profile().name());
    }

    @Override
    public void loginFailed(SshServer server, SshFailure failure) {
      events.add(failure + " of " + server.profile().name());
    }

    @Override
    public void ended(SshServer server) {
      events.add("end of " + server.profile().name());
    }
  }

  public TransportFixture idleTimeout(Duration timeout) {
    idleTimeout = timeout;
    return this;
  }

  public TransportFixture maxLifetime(Duration lifetime) {
    maxLifetime = lifetime;
    return this;
  }

  public TransportFixture connections(int number) {
    connections = number;
    return this;
  }

  public TransportFixture refusedLoginMemory(Duration memory) {
    refusedLoginMemory = memory;
    return this;
  }

  /** The server takes that one, and not {@link #PASSWORD}. */
  public TransportFixture password(String password) {
    right = password;
    return this;
  }

  /** The server says that to everybody who shows a password. */
  public void remarksOnLogins(String words) {
    remark = Optional.of(words);
  }

  private static void sendBanner(Session session, String words) {
    try {
      Buffer banner = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
      banner.putString(words);
      banner.putString(""); // language
      session.writePacket(banner);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server refuses every login after so many. */
  public void loginsAtMost(int number) {
    loginsAtMost = number;
  }

  /** What may block waits from now on. */
  public void holdFiles() {
    filesHeld = true;
  }

  /** What may block is a defect from now on. */
  public void failFiles() {
    filesFail = true;
  }

  public int filesWaiting() {
    return held.size();
  }

  public void letFilesGo() {
    filesHeld = false;
    for (Runnable task = held.poll(); task != null; task = held.poll()) {
      threads.execute(task);
    }
  }

  /** The server knows nothing of strict key exchange. */
  public void withoutStrictKeyExchange() {
    strictKeyExchange = false;
  }

  private final class Listening implements PortForwardingEventListener {
    @Override
    public void establishedExplicitTunnel(
        Session session,
        SshdSocketAddress local,
        SshdSocketAddress remote,
        boolean localForwarding,
        SshdSocketAddress bound,
        Throwable reason) {
      if (reason == null) {
        listening.add(bound.getPort());
      }
    }

    @Override
    public void tornDownExplicitTunnel(
        Session session,
        SshdSocketAddress address,
        boolean localForwarding,
        SshdSocketAddress remote,
        Throwable reason) {
      if (reason == null) {
        listening.remove(address.getPort());
      }
    }
  }

  /** One as before CVE-2023-48795. */
  private static final class LenientSession extends ServerSessionImpl {
    LenientSession(ServerFactoryManager server, IoSession socket) throws Exception {
      super(server, socket);
    }

    @Override
    protected Map<KexProposalOption, String> doStrictKexProposal(
        Map<KexProposalOption, String> proposal) {
      return proposal;
    }
  }

  /** How many TCP connections the server has got. */
  public int contacts() {
    return contacts.get();
  }

  /** The server lets logins wait until the end. */
  public void suspendLogins() {
    answers.acquireUninterruptibly();
  }

  void resumeLogins() {
    answers.release();
  }

  /** The server takes so many direct-tcpip channels in each session that begins from now on. */
  public LimitedChannels channelsPerSession(int number) {
    LimitedChannels limited = new LimitedChannels(number);
    server.setChannelFactories(List.of(limited));
    return limited;
  }

  public TransportFixture strict() {
    acceptNew = false;
    return this;
  }

  public SshServer server(String host, int port) {
    return new SshServer(profile(Optional.empty(), port, new SshWay.Direct()), host);
  }

  /** The other one's server by way of this one's. */
  public SshServer serverBehind(TransportFixture other) {
    return serverBehind("127.0.0.1", other);
  }

  /** The same, by that name of this one's. */
  SshServer serverBehind(String host, TransportFixture other) {
    SshProfile hop = profile(Optional.of(host), server.getPort(), new SshWay.Direct());
    return new SshServer(
        profile(Optional.empty(), other.server.getPort(), new SshWay.Jump(hop)), "127.0.0.1");
  }

  private SshProfile profile(Optional<String> host, int port, SshWay way) {
    return TestProfiles.profile(
        host,
        port,
        new SshLogin(
            List.of(AuthMethod.PASSWORD),
            Optional.empty(),
            StandardCharsets.UTF_8,
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            false),
        new HostKeyPolicy(acceptNew, List.of(knownHosts), Optional.empty(), false),
        way,
        new SshTimeouts(DEADLINE, DEADLINE, serverAliveInterval, 3),
        new SshPooling(idleTimeout, maxLifetime, connections, refusedLoginMemory));
  }

  public SshServer server() {
    return server("127.0.0.1", server.getPort());
  }

  /** What the server takes, for the caller to wipe. */
  public static Password password() {
    return new Password(PASSWORD.getBytes(StandardCharsets.UTF_8));
  }

  public Future<SshSession> connect(
      SshServer to, String user, String password, InetAddress client) {
    Password secret = new Password(password.getBytes(StandardCharsets.UTF_8));
    Future<SshSession> connected =
        transport.connect(new SshSessionSpec(to, user, Optional.of(secret), client), loop);
    connected.addListener(done -> secret.close());
    return connected;
  }

  public SshSession session(String user) throws Exception {
    return connect(server(), user, PASSWORD, LOOPBACK).get(20, TimeUnit.SECONDS);
  }

  public SshException failure(SshServer to, String password) {
    Future<SshSession> connected = connect(to, "alice", password, LOOPBACK);
    if (!connected.awaitUninterruptibly(20, TimeUnit.SECONDS) || connected.isSuccess()) {
      throw new AssertionError("expected a failure: " + connected);
    }
    return (SshException) connected.cause();
  }

  /** Neither sessions nor who waits for them. */
  public boolean keepsNothing() {
    return transport.keepsNothing();
  }

  /** The server answers requests for remote forwards when that is counted down. */
  CountDownLatch holdForwards() {
    CountDownLatch reply = new CountDownLatch(1);
    server.setForwardingFilter(
        new AcceptAllForwardingFilter() {
          @Override
          public boolean canListen(SshdSocketAddress address, Session session) {
            return awaited(reply);
          }
        });
    return reply;
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The ports that the server has for remote forwards. */
  Set<Integer> listening() {
    return Set.copyOf(listening);
  }

  /** For the deadlines of connections and logins; a {@link FakeClock} has its own time. */
  public void passes(Duration time) throws InterruptedException {
    loops.pass(time);
  }

  /** As the program ends: the transport, and the loops at once behind it. */
  public void closeTransportAndLoops() {
    transport.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }

  /** Closes the transport while time goes on: so no server holds it up. */
  public void closeTransport() {
    CompletableFuture<Void> closing = CompletableFuture.runAsync(transport::close);
    await()
        .until(
            () -> {
              loops.skip(Duration.ofMillis(100));
              clock.ifPresent(time -> time.skip(Duration.ofMillis(100)));
              return closing.isDone();
            });
    closing.join();
  }

  @Override
  public void close() throws IOException {
    answers.release();
    closeTransport();
    server.stop(true);
    threads.shutdownNow();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    Files.deleteIfExists(knownHosts);
    Files.delete(directory);
  }
}
