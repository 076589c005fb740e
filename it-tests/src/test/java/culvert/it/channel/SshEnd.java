package culvert.it.channel;

import culvert.config.SshProfile;
import culvert.it.TestProfile;
import culvert.ssh.NettyTransport;
import culvert.ssh.Password;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.MinaSshTransport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A session with an SSH server, used from another loop than its own, or from that one. */
public final class SshEnd implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final EventLoopGroup loops;
  private final EventLoop sshLoop;
  private final EventLoop callerLoop;
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final MinaSshTransport transport;
  private final SshSession session;
  private final Server server;
  private final Path knownHosts;

  /** The SSH server, real or embedded. */
  public interface Server extends AutoCloseable {
    int port();

    String user();

    String password();

    /** Kills what serves the session. */
    void breakOff() throws Exception;

    @Override
    void close() throws IOException;
  }

  public SshEnd(NettyTransport netty, Server server, String rekeyLimit) throws Exception {
    this(netty, server, rekeyLimit, 2);
  }

  /** Used from the session's own loop. */
  static SshEnd onOneLoop(NettyTransport netty, Server server, String rekeyLimit) throws Exception {
    return new SshEnd(netty, server, rekeyLimit, 1);
  }

  private SshEnd(NettyTransport netty, Server server, String rekeyLimit, int threads)
      throws Exception {
    this.server = server;
    loops = netty.newGroup("contract", threads);
    sshLoop = loops.next();
    callerLoop = loops.next();
    knownHosts = Files.createTempDirectory("culvert-contract-").resolve("known_hosts");
    transport =
        new MinaSshTransport(
            netty,
            (host, executor) -> executor.newSucceededFuture(List.of(LOOPBACK)),
            blocking,
            new MinaSshTransport.Bounds(2 << 20, 256 << 20));
    SshProfile profile =
        TestProfile.read(
            server.port(),
            knownHosts,
            "authentication: password",
            "strict-host-key-checking: accept-new",
            "idle-timeout: 60s",
            "rekey-limit: " + rekeyLimit);
    SshServer ssh = new SshServer(profile, "127.0.0.1");
    Password password = new Password(server.password().getBytes(StandardCharsets.UTF_8));
    session =
        transport
            .connect(
                new SshSessionSpec(ssh, server.user(), Optional.of(password), LOOPBACK), sshLoop)
            .get(30, TimeUnit.SECONDS);
  }

  public SshSession session() {
    return session;
  }

  /** Where futures of the session complete. */
  public EventLoop callerLoop() {
    return callerLoop;
  }

  Server server() {
    return server;
  }

  @Override
  public void close() throws IOException {
    session.release();
    transport.close();
    blocking.shutdown();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    server.close();
    Files.deleteIfExists(knownHosts);
    Files.deleteIfExists(knownHosts.getParent());
  }
}
