package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.TestFile;
import culvert.it.compat.CompatibilityPage;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every client without any proxy setting, captured in every way, over both families, with every
 * server; without {@code capture.all} with one server, and each way over one family. With it the
 * table is kept in {@code docs/COMPATIBILITY.md}.
 */
@RealPeers
@AnyTransport
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CaptureMatrixIT {
  private static final String ALL = "capture.all";
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final NoProxyTable table = new NoProxyTable();
  private Optional<TestCgroup> cgroup = Optional.empty();
  private MatrixSite host;
  private MatrixSite gateway;
  private InstalledErrands errands;
  private InstalledCulvert installed;
  private Path files;

  /** One run of all clients. */
  record Trial(MatrixServer server, CaptureWay way, String address) {
    @Override
    public String toString() {
      return String.join(", ", server.shown(), way.shown(), address);
    }
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    TestAccount.openToAll(directory);
    cgroup = TestCgroup.makeIfPossible();
    host = MatrixSite.ofHost(directory.resolve("host"), cgroup, servers().toList());
    gateway = MatrixSite.ofGateway(directory.resolve("gateway"), servers().toList());
    errands = InstalledErrands.in(Files.createDirectory(directory.resolve("jobs")));
    installed = InstalledCulvert.in(directory.resolve("program"));
    files = TestAccount.newDirectory();
    TestAccount.openToAll(files);
    TestFile.create(files.resolve("small"), 300_000);
    TestFile.create(files.resolve("medium"), 1_000_000);
    TestFile.create(files.resolve("large"), 40_000_000);
  }

  @AfterAll
  void stop() throws IOException {
    if (files != null) {
      TestAccount.delete(files);
    }
    for (MatrixSite site : Arrays.asList(host, gateway)) {
      if (site != null) {
        site.close();
      }
    }
    cgroup.ifPresent(TestCgroup::close);
    if (Boolean.getBoolean(ALL) && cgroup.isPresent() && !table.isEmpty()) {
      CompatibilityPage.keepWithoutProxySetting(table.markdown());
    }
  }

  private static Stream<MatrixServer> servers() {
    return Boolean.getBoolean(ALL)
        ? Stream.of(MatrixServer.values())
        : Stream.of(MatrixServer.VSFTPD);
  }

  private static List<Trial> trials() {
    return servers()
        .flatMap(
            server ->
                Stream.of(CaptureWay.values())
                    .flatMap(way -> addresses(way).map(to -> new Trial(server, way, to))))
        .toList();
  }

  private static Stream<String> addresses(CaptureWay way) {
    return Boolean.getBoolean(ALL)
        ? MatrixSite.ADDRESSES.stream()
        : Stream.of(way == CaptureWay.USER ? CaptureHosts.SERVER : CaptureHosts.SERVER_6);
  }

  private CaptureHosts hosts(CaptureWay way) {
    return (way == CaptureWay.GATEWAY ? gateway : host).hosts();
  }

  @ParameterizedTest
  @MethodSource("trials")
  void everyClientDoesEverythingInsideSsh(Trial trial) throws Exception {
    CaptureHosts hosts = hosts(trial.way());
    int before = hosts.besidesSsh();

    List<NoProxyOutcome> outcomes = outcomes(trial);

    outcomes.forEach(outcome -> table.add(trial.way(), outcome));
    assertThat(outcomes).filteredOn(NoProxyOutcome::isFailure).isEmpty();
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @ParameterizedTest
  @EnabledIfSystemProperty(named = ALL, matches = "true")
  @MethodSource("trials")
  void withoutSshTheSameIsDoneInPlaintext(Trial trial) throws Exception {
    CaptureHosts hosts = hosts(trial.way());
    int before = hosts.besidesSsh();
    hosts.sshd().stop();
    try {
      assertThat(outcomes(trial)).filteredOn(NoProxyOutcome::isFailure).isEmpty();
    } finally {
      hosts.sshd().restart();
    }
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isGreaterThan(before);
    await("jobs are tunnelled again").atMost(DEADLINE).until(() -> isTunnelled(hosts));
  }

  private static boolean isTunnelled(CaptureHosts hosts) throws Exception {
    int before = hosts.besidesSsh();
    String user = TestAccount.USER;
    LiveSession.open(hosts, "--reuid=" + user, "--regid=" + user).close();
    return hosts.besidesSsh() == before;
  }

  /** What came of each task, the uploads looked at. */
  private List<NoProxyOutcome> outcomes(Trial trial) throws IOException {
    CaptureHosts hosts = hosts(trial.way());
    Path folder = TestAccount.newDirectory();
    try {
      for (String name : List.of("large", "medium", "small")) {
        Files.createLink(folder.resolve(name), files.resolve(name));
      }
      List<String> job =
          errands.command(trial.server(), trial.address(), TestAccount.below(folder), files);
      Run<String> run =
          Run.text(
              DEADLINE,
              hosts
                  .clients()
                  .command(trial.way().command(job, cgroup, installed, hosts.execSocket())));
      assertThat(run.exitCode()).as(run.errors() + run.output()).isZero();
      List<NoProxyOutcome> outcomes = run.output().lines().map(NoProxyOutcome::of).toList();
      assertThat(outcomes).hasSizeGreaterThan(30);
      for (NoProxyOutcome outcome : outcomes) {
        if (outcome.isUpload()) {
          assertThat(Sha256.of(folder.resolve(outcome.text())))
              .as("%s", outcome)
              .isEqualTo(Sha256.of(files.resolve("medium")));
        }
      }
      return outcomes;
    } finally {
      TestAccount.delete(folder);
    }
  }
}
