package culvert.it.kex;

import culvert.config.ConfigResult.Loaded;
import culvert.config.SshProfile;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.TunnelTarget;
import culvert.ssh.mina.MinaSshTransport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A transport whose sessions all live on one event loop, and a look at how busy that is, by a clock
 * that stands still while the machine keeps everybody waiting.
 */
final class OneLoop implements AutoCloseable {
  private static final long TICK_MILLIS = 5;

  private final EventLoopGroup loops;
  private final EventLoop loop;
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final MinaSshTransport transport;
  private final Path directory;
  private final ScheduledExecutorService idle = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong idleTicks = new AtomicLong();
  private final AtomicLong longestStallTicks = new AtomicLong();
  private long lastTick; // confined to the loop
  private int users;

  OneLoop() throws IOException {
    NettyTransport netty = NettyTransport.preferred();
    loops = netty.newGroup("kex", 1);
    loop = loops.next();
    directory = Files.createTempDirectory("culvert-kex-");
    transport =
        new MinaSshTransport(
            netty,
            (host, executor) -> executor.newSucceededFuture(List.of(loopback())),
            blocking,
            new MinaSshTransport.Bounds(2 << 20, 256 << 20));
    loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    // With a fixed delay: what was missed is not made up for.
    idle.scheduleWithFixedDelay(
        idleTicks::incrementAndGet, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private void tick() {
    long now = idleTicks.get();
    longestStallTicks.accumulateAndGet(now - lastTick, Math::max);
    lastTick = now;
  }

  /** Forgets what was so far. */
  void watchStalls() throws Exception {
    loop.submit(
            () -> {
              lastTick = idleTicks.get();
              longestStallTicks.set(0);
            })
        .get(30, TimeUnit.SECONDS);
  }

  /** For how long the loop did nothing but one thing. */
  long longestStallMillis() {
    return longestStallTicks.get() * TICK_MILLIS;
  }

  EventLoop loop() {
    return loop;
  }

  /** A server as those keys of a profile say, in YAML's flow style. */
  SshServer server(int port, String keys) {
    String yaml =
        "profiles: { t: { host: 127.0.0.1, port: %d, known-hosts: %s, login-timeout: 20s, connect-timeout: 20s, %s } }"
            .formatted(port, directory.resolve("known_hosts"), keys);
    Environment environment = new Environment(Map.of(), directory, directory, directory);
    if (new ConfigLoader(environment).loadString(yaml, "t.yaml") instanceof Loaded loaded) {
      SshProfile profile = loaded.config().profiles().get("t");
      return new SshServer(profile, "127.0.0.1");
    }
    throw new AssertionError(new ConfigLoader(environment).loadString(yaml, "t.yaml").problems());
  }

  /** A session of its own. */
  Future<SshSession> connect(SshServer server, Login login) throws Exception {
    users++;
    byte[] address = {127, 0, (byte) (users >> 8), (byte) users};
    Password password = new Password(login.password().getBytes(StandardCharsets.UTF_8));
    return transport.connect(
        new SshSessionSpec(
            server, login.user(), Optional.of(password), InetAddress.getByAddress(address)),
        loop);
  }

  /** Whom to log in as. */
  record Login(String user, String password) {}

  Future<DuplexChannel> open(SshSession session, int port, ChannelHandler handler) {
    return session.openDirectTcpip(
        new TunnelTarget("127.0.0.1", port), new Originator("127.0.0.1", 1), loop, handler);
  }

  @Override
  public void close() throws IOException {
    transport.close();
    blocking.shutdown();
    idle.shutdown();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    Files.deleteIfExists(directory.resolve("known_hosts"));
    Files.delete(directory);
  }
}
