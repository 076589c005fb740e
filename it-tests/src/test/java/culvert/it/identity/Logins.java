package culvert.it.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.it.TestProfile;
import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import culvert.ssh.NettyTransport;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.MinaSshTransport;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Logs in to an sshd as the test account, by a profile as it stands in {@code culvert.yaml}. */
final class Logins implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final NettyTransport netty = NettyTransport.preferred();
  private final EventLoopGroup loops = netty.newGroup("logins", 1);
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final MinaSshTransport transport =
      new MinaSshTransport(
          netty,
          (host, executor) -> executor.newSucceededFuture(List.of(LOOPBACK)),
          blocking,
          new MinaSshTransport.Bounds(2 << 20, 256 << 20));
  private final Logger log = (Logger) LoggerFactory.getLogger("culvert.ssh.mina.connection");
  private final ListAppender<ILoggingEvent> courses = new ListAppender<>();
  private final RealSshd sshd;
  private final Path knownHosts;

  Logins(RealSshd sshd, Path directory) throws Exception {
    this.sshd = sshd;
    knownHosts = directory.resolve("known_hosts");
    Files.writeString(knownHosts, sshd.knownHostsLine() + "\n");
    courses.list = new CopyOnWriteArrayList<>(); // others log while we read
    courses.start();
    log.setLevel(Level.DEBUG);
    log.addAppender(courses);
  }

  /** The failure; empty: logged in. */
  Optional<SshException> logIn(String... profileLines) throws Exception {
    return logIn(Optional.empty(), profileLines);
  }

  Optional<SshException> logInWithPassword(String password, String... profileLines)
      throws Exception {
    return logIn(Optional.of(password), profileLines);
  }

  private Optional<SshException> logIn(Optional<String> password, String... lines)
      throws Exception {
    SshServer server = new SshServer(TestProfile.read(sshd.port(), knownHosts, lines), "127.0.0.1");
    SshSessionSpec spec =
        new SshSessionSpec(
            server,
            TestAccount.USER,
            password.map(secret -> new Password(secret.getBytes(StandardCharsets.UTF_8))),
            LOOPBACK);
    try {
      SshSession session = transport.connect(spec, loops.next()).get(60, TimeUnit.SECONDS);
      session.release();
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of((SshException) e.getCause());
    }
  }

  /** What Culvert says of its last login at debug level. */
  String course() {
    assertThat(courses.list).isNotEmpty();
    return courses.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains("login as "))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** Type and fingerprint of each key that sshd refused, oldest first. */
  List<String> refusedKeys() throws Exception {
    return keys("Failed publickey for " + TestAccount.USER + " ");
  }

  /** The same of each key that it took. It takes one, and writes that down when it has said so. */
  List<String> acceptedKeys() throws Exception {
    String start = "Accepted publickey for " + TestAccount.USER + " ";
    await(start).atMost(Duration.ofSeconds(30)).until(() -> !keys(start).isEmpty());
    return keys(start);
  }

  private List<String> keys(String start) throws Exception {
    return sshd.log()
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.replaceFirst(".* ssh2: ", ""))
        .toList();
  }

  @Override
  public void close() {
    transport.close();
    blocking.shutdown();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    log.detachAppender(courses);
  }
}
