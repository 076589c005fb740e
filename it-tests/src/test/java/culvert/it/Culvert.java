package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuditSettings;
import culvert.config.CulvertConfig;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import culvert.proxy.ProxyDaemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Culvert in this process, on a free port of 127.0.0.1. Closing it fails if a thread of its own is
 * left, if Netty's leak detector has found a buffer that nobody released, or if its audit trail is
 * not whole and as its schema has it.
 */
public final class Culvert implements AutoCloseable {
  static {
    BufferLeaks.watch();
  }

  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final Duration THREADS_END = Duration.ofSeconds(10);

  private final ProxyDaemon daemon;
  private final Optional<Path> trail;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Culvert(ProxyDaemon daemon, Optional<Path> trail) {
    this.daemon = daemon;
    this.trail = trail;
  }

  public static Culvert start(TestConfig config) throws IOException {
    return start(config.yaml());
  }

  public static Culvert start(String yaml) throws IOException {
    CulvertConfig config = read(yaml.contains("state-directory") ? yaml : yaml + "\naudit: off\n");
    Culvert started =
        new Culvert(ProxyDaemon.start(config), config.audit().map(AuditSettings::file));
    OPEN.incrementAndGet();
    return started;
  }

  /** The port of the first listener. */
  public int port() {
    return port(0);
  }

  /** The port of that listener; they count from 0. */
  public int port(int listener) {
    return daemon.addresses().get(listener).getPort();
  }

  /** Where metrics are shown, if the configuration has an {@code admin}. */
  AdminPort admin() {
    return new AdminPort(daemon.adminAddress().orElseThrow().getPort());
  }

  /** Shows a number among the metrics, as the command does with what it counts itself. */
  void counter(String name, LongSupplier count) {
    daemon.counter(name, name, count);
  }

  public Socks5 socks() {
    return Socks5.through(port());
  }

  /** An FTP control connection to a port of 127.0.0.1; the greeting has not been read yet. */
  public FtpDialogue ftp(int ftpPort) throws IOException {
    return socks().ftp("127.0.0.1", ftpPort);
  }

  /** The same with the test account logged in, in binary mode. */
  public FtpDialogue login(int ftpPort) throws IOException {
    FtpDialogue ftp = ftp(ftpPort);
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    assertThat(ftp.send("TYPE I")).startsWith("200 ");
    return ftp;
  }

  /** curl that leaves names to this Culvert, and logs in as the test account. */
  public CurlClient curl() {
    return CurlClient.through(
        "--socks5-hostname", port(), TestAccount.USER, TestAccount.password());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    daemon.close();
    trail.ifPresent(Culvert::assertWhole);
    if (OPEN.decrementAndGet() == 0) { // else some are another one's
      await("Culvert's threads end").atMost(THREADS_END).until(() -> threads().isEmpty());
    }
    BufferLeaks.assertNone();
  }

  private static void assertWhole(Path trail) {
    try {
      AuditTrails.assertWhole(trail);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("culvert"))
        .toList();
  }

  private static CulvertConfig read(String yaml) {
    return new ConfigLoader(Environment.ofProcess()).loadString(yaml, "test.yaml").orThrow();
  }
}
