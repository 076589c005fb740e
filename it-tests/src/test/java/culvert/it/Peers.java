package culvert.it;

import culvert.it.peers.RealServer;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.ServerLogs;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * The real peers of a test, and a Culvert before them if it wants one: an instance field with
 * {@code @RegisterExtension}. They are up as long as the test's instance is there: for one test
 * each, or, with {@code PER_CLASS}, once for all of its class. At the end all is closed, the last
 * one first, also where a start has failed in the middle. The stack trace of a test that fails has
 * the logs of the servers.
 */
public final class Peers
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {

  /** Starts one peer. */
  interface Start {
    void run() throws Exception;
  }

  private final List<Start> starts = new ArrayList<>();
  private final Deque<Opened> opened = new ArrayDeque<>(); // of the class, of the test
  private Path directory;
  private Path home;
  private RealSshd sshd;
  private RealVsftpd vsftpd;
  private Culvert culvert;

  /**
   * With an sshd.
   *
   * @param options as for {@link RealSshd#start}
   */
  public Peers withSshd(String... options) {
    return with(() -> sshd = add(RealSshd.start(options)));
  }

  /**
   * With a vsftpd.
   *
   * @param options as for {@link RealVsftpd#start}
   */
  public Peers withVsftpd(String... options) {
    return with(() -> vsftpd = add(RealVsftpd.start(options)));
  }

  /** With a Culvert that leads to vsftpd through sshd, as {@link #config} says. */
  public Peers withCulvert() {
    return withCulvert(config -> config);
  }

  /**
   * With a Culvert that leads to vsftpd through sshd.
   *
   * @param options what its configuration has besides {@link #config}
   */
  public Peers withCulvert(UnaryOperator<TestConfig> options) {
    return with(() -> culvert = add(Culvert.start(options.apply(config()))));
  }

  Peers with(Start start) {
    starts.add(start);
    return this;
  }

  public RealSshd sshd() {
    return sshd;
  }

  public RealVsftpd vsftpd() {
    return vsftpd;
  }

  public Culvert culvert() {
    return culvert;
  }

  /** An empty directory at the start, for as long as the peers are there. */
  public Path directory() {
    return directory;
  }

  /** A directory in the test account's home, where FTP sessions start; a new one for each test. */
  public Path home() {
    try {
      if (home == null) {
        home = TestAccount.newDirectory();
      }
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of a file in {@link #home}, at vsftpd. */
  public String url(String file) {
    return "ftp://127.0.0.1:" + vsftpd.port() + "/" + home().getFileName() + "/" + file;
  }

  /** A configuration that leads to vsftpd through sshd. */
  public TestConfig config() throws IOException {
    return config(sshd);
  }

  /** A configuration that leads to vsftpd through this sshd. */
  public TestConfig config(RealSshd gate) throws IOException {
    return config(gate, vsftpd.port());
  }

  /** A configuration that leads to an FTP server of the test's own through this sshd. */
  public TestConfig config(RealSshd gate, int ftpPort) throws IOException {
    return TestConfig.tunnel(directory, gate.port(), ftpPort, gate.knownHostsLine());
  }

  /** Has one more thing closed: before those that are there, at the end of the test or class. */
  public <T extends AutoCloseable> T add(T one) {
    return opened.element().add(one);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    begin();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    begin();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    opened.pop().close();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    opened.pop().close();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  private void begin() throws Exception {
    boolean first = opened.isEmpty();
    opened.push(new Opened());
    add(this::deleteHome);
    if (first) {
      directory = Files.createTempDirectory("culvert-peers-");
      add(() -> TestAccount.delete(directory));
      for (Start start : starts) {
        start.run();
      }
    }
  }

  private void deleteHome() throws IOException {
    if (home != null) {
      TestAccount.delete(home);
      home = null;
    }
  }

  private Throwable withLogs(Throwable failure) {
    if (!(failure instanceof TestAbortedException)) {
      opened.stream()
          .flatMap(one -> one.all(RealServer.class))
          .forEach(server -> ServerLogs.keep(failure, server));
    }
    return failure;
  }
}
