package culvert.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import culvert.config.AuthMethod;
import culvert.config.FallbackReason;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.TestProfiles;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.Jobs;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.SshCarrier;
import culvert.proxy.event.Stories;
import culvert.proxy.event.Story;
import culvert.ssh.HostKeyChange;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);
  private static final InetAddress SERVER = new InetSocketAddress("192.0.2.21", 21).getAddress();
  private static final SshCarrier CARRIER = new SshCarrier("gate:22", "batch", Optional.empty());

  private final AtomicLong nanoTime = new AtomicLong();
  private final Metrics metrics = new Metrics("1.2.3");
  private final Stories stories =
      new Stories(nanoTime::get, List.of(new Jobs(List.of(metrics.jobs()), () -> "")));

  private Story begin(String rule, String action) {
    Story story = stories.start(CLIENT, Optional.empty(), request(21), () -> {});
    story.routed(request(21), rule, action);
    return story;
  }

  private Story ftp(String rule) {
    Story story = begin(rule, "ftp-tunnel");
    story.ftpBegins();
    return story;
  }

  private Story data(Story control, int number) {
    Story data = stories.start(CLIENT, Optional.empty(), request(40_001), () -> {});
    data.belongsTo(control.job(), number);
    data.routed(request(40_001), "ftp-data", "ftp-tunnel");
    return data;
  }

  private static ConnectionRequest request(int port) {
    return new ConnectionRequest(
        "secret.example",
        new DestinationAddress.NotResolved(),
        port,
        CLIENT.getAddress(),
        "listener");
  }

  private static SshServer server(String profile) {
    return new SshServer(
        TestProfiles.named(profile, new SshUser.FromFtp(), AuthMethod.PASSWORD), "gate");
  }

  private List<String> counted(String name) {
    return metrics.scrape().lines().filter(line -> line.startsWith(name)).toList();
  }

  @Test
  void aRunningTransferIsCountedAsItGoesUnderItsJobsRule() {
    Story control = ftp("jobs");
    control.tunnelled(CARRIER);
    control.fromClient(50); // commands are no data
    control.toClient(60);
    Story down = data(control, 1);
    down.tunnelled(CARRIER);
    down.toClient(1_000);
    down.toClient(500);

    assertThat(counted("culvert_bytes_total{"))
        .containsExactly(
            "culvert_bytes_total{direction=\"down\",route=\"ssh\",rule=\"jobs\"} 1500.0",
            "culvert_bytes_total{direction=\"up\",route=\"ssh\",rule=\"jobs\"} 0.0");
    assertThat(counted("culvert_jobs_total{")).isEmpty();

    control.transferAsked(new FtpTransfer(7, 1, "RETR", "x"));
    down.ended(EndReason.COMPLETED, "");
    control.transferAnswered(7, 226);
    nanoTime.set(Duration.ofSeconds(7).toNanos());
    control.ended(EndReason.COMPLETED, "");
    assertThat(counted("culvert_transfers_total{"))
        .containsExactly("culvert_transfers_total{outcome=\"ok\",route=\"ssh\",rule=\"jobs\"} 1.0");
    assertThat(counted("culvert_jobs_total{"))
        .containsExactly("culvert_jobs_total{route=\"ssh\",rule=\"jobs\",why=\"\"} 1.0");
    assertThat(counted("culvert_job_duration_seconds"))
        .contains(
            "culvert_job_duration_seconds_bucket{route=\"ssh\",le=\"5.0\"} 0",
            "culvert_job_duration_seconds_bucket{route=\"ssh\",le=\"10.0\"} 1",
            "culvert_job_duration_seconds_sum{route=\"ssh\"} 7.0");
  }

  @Test
  void aJobOfLessThanASecondIsInItsBucket() {
    Story control = ftp("jobs");
    control.tunnelled(CARRIER);
    nanoTime.set(Duration.ofMillis(80).toNanos());
    control.ended(EndReason.COMPLETED, "");

    assertThat(counted("culvert_job_duration_seconds"))
        .contains(
            "culvert_job_duration_seconds_bucket{route=\"ssh\",le=\"0.05\"} 0",
            "culvert_job_duration_seconds_bucket{route=\"ssh\",le=\"0.1\"} 1",
            "culvert_job_duration_seconds_bucket{route=\"ssh\",le=\"86400.0\"} 1",
            "culvert_job_duration_seconds_sum{route=\"ssh\"} 0.08",
            "culvert_job_duration_seconds_max{route=\"ssh\"} 0.08");
  }

  @Test
  void aTunnelRulesPlaintextCountsAsPlaintext() {
    Story control = ftp("jobs");
    control.fellBack(FallbackReason.UNREACHABLE, "refused");
    control.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    Story up = data(control, 1);
    up.inPlaintext(SERVER, Optional.of(FallbackReason.UNREACHABLE));
    up.fromClient(10);
    up.ended(EndReason.CLIENT_ABORTED, "");
    control.ended(EndReason.COMPLETED, "");

    assertThat(counted("culvert_bytes_total{"))
        .contains("culvert_bytes_total{direction=\"up\",route=\"plaintext\",rule=\"jobs\"} 10.0");
    assertThat(counted("culvert_transfers_total{"))
        .containsExactly(
            "culvert_transfers_total{outcome=\"aborted\",route=\"plaintext\",rule=\"jobs\"} 1.0");
    assertThat(counted("culvert_jobs_total{"))
        .containsExactly(
            "culvert_jobs_total{route=\"plaintext\",rule=\"jobs\",why=\"unreachable\"} 1.0");
  }

  @Test
  void aClientThatHasComeBySshIsCountedUnderNoRuleBeforeOneHasDecided() {
    Story relayed = stories.start(CLIENT, Optional.empty(), request(21), () -> {});
    relayed.tunnelled(CARRIER);
    relayed.routed(request(21), "fixed-tunnel", "direct");
    relayed.fromClient(5);

    assertThat(counted("culvert_bytes_total{"))
        .containsExactly(
            "culvert_bytes_total{direction=\"down\",route=\"ssh\",rule=\"fixed-tunnel\"} 0.0",
            "culvert_bytes_total{direction=\"up\",route=\"ssh\",rule=\"fixed-tunnel\"} 5.0");
  }

  @Test
  void bytesTransfersAndJobsHaveTheRuleUnderWhichTheyWent() {
    Story control = ftp("jobs");
    control.tunnelled(CARRIER);
    Story down = data(control, 1);
    control.destinationNamed(request(21), "blocked", "block");
    down.tunnelled(CARRIER);
    down.toClient(10);
    down.ended(EndReason.COMPLETED, "");
    control.ended(EndReason.COMPLETED, "");

    for (String name : List.of("culvert_bytes", "culvert_transfers", "culvert_jobs")) {
      assertThat(counted(name + "_total{"))
          .isNotEmpty()
          .allSatisfy(line -> assertThat(line).contains("rule=\"jobs\""));
    }
  }

  @Test
  void refusalsSayWhy() {
    Story blocked = begin("blocked", "block");
    blocked.refused(RefusedWhy.RULE, "");
    blocked.ended(EndReason.REFUSED, "");
    Story changed = ftp("jobs");
    changed.refused(RefusedWhy.HOST_KEY, "");
    changed.ended(EndReason.UPSTREAM_FAILED, "");

    assertThat(counted("culvert_jobs_total{"))
        .containsExactly(
            "culvert_jobs_total{route=\"refused\",rule=\"blocked\",why=\"rule\"} 1.0",
            "culvert_jobs_total{route=\"refused\",rule=\"jobs\",why=\"host-key\"} 1.0");
    assertThat(counted("culvert_bytes_total{")).isEmpty();
  }

  @Test
  void whoNamesAnotherDestinationIsCountedUnderTheRuleOfThat() {
    Story relayed = begin("first", "direct");
    relayed.inPlaintext(SERVER, Optional.empty());
    relayed.fromClient(1);
    relayed.destinationNamed(request(21), "second", "tunnel");
    relayed.fromClient(2); // goes nowhere yet
    relayed.tunnelled(CARRIER);
    relayed.fromClient(4);

    assertThat(counted("culvert_bytes_total{direction=\"up\""))
        .containsExactly(
            "culvert_bytes_total{direction=\"up\",route=\"plaintext\",rule=\"first\"} 1.0",
            "culvert_bytes_total{direction=\"up\",route=\"ssh\",rule=\"second\"} 4.0");
  }

  @Test
  void bytesAreCountedWithoutAllocation() {
    Story relayed = begin("jobs", "tunnel");
    relayed.tunnelled(CARRIER);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int reads = 100_000;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < reads; i++) {
      relayed.toClient(1);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(reads);
    assertThat(counted("culvert_bytes_total{direction=\"down\""))
        .containsExactly(
            "culvert_bytes_total{direction=\"down\",route=\"ssh\",rule=\"jobs\"} 100000.0");
  }

  @Test
  void namesOfRulesHaveABound() {
    RuleLabels labels = new RuleLabels();
    for (int i = 0; i < RuleLabels.MOST; i++) {
      assertThat(labels.label("rule " + i)).isEqualTo("rule " + i);
    }
    assertThat(labels.label("one more")).isEqualTo(RuleLabels.OTHERS);
    assertThat(labels.label("rule 7")).isEqualTo("rule 7");
  }

  @Test
  void sshIsCountedByTheProfilesOfTheConfiguration() {
    metrics.profiles(Set.of("gate"));
    assertThat(counted("culvert_ssh_"))
        .contains(
            "culvert_ssh_connections{profile=\"gate\"} 0.0",
            "culvert_ssh_logins_total{profile=\"gate\",result=\"ok\"} 0.0",
            "culvert_ssh_host_keys_changed_total 0.0");
    SshServer gate = server("gate");
    SshServer hop = server("gate:bastion.secret.example");
    metrics.ssh().loggedIn(gate);
    metrics.ssh().loggedIn(gate);
    metrics.ssh().ended(gate);
    metrics.ssh().loggedIn(hop);
    metrics.ssh().loginFailed(gate, SshFailure.AUTH_FAILED);
    metrics.ssh().changed(gate, HostKeyChange.OTHER_KEY, "key", "how");

    assertThat(counted("culvert_ssh_"))
        .containsExactlyInAnyOrder(
            "culvert_ssh_connections{profile=\"(hop)\"} 1.0",
            "culvert_ssh_connections{profile=\"gate\"} 1.0",
            "culvert_ssh_logins_total{profile=\"(hop)\",result=\"ok\"} 1.0",
            "culvert_ssh_logins_total{profile=\"gate\",result=\"auth-failed\"} 1.0",
            "culvert_ssh_logins_total{profile=\"gate\",result=\"ok\"} 2.0",
            "culvert_ssh_host_keys_accepted_total 0.0",
            "culvert_ssh_host_keys_changed_total 1.0");
  }

  @Test
  void aProfileThatIsGoneIsCountedUntilItsConnectionsHaveEnded() {
    metrics.profiles(Set.of("gate", "unused"));
    SshServer gate = server("gate");
    metrics.ssh().loggedIn(gate);
    metrics.profiles(Set.of("other"));

    assertThat(counted("culvert_ssh_connections{"))
        .containsExactlyInAnyOrder(
            "culvert_ssh_connections{profile=\"gate\"} 1.0",
            "culvert_ssh_connections{profile=\"other\"} 0.0");
    metrics.ssh().ended(gate);
    assertThat(counted("culvert_ssh_connections{"))
        .containsExactly("culvert_ssh_connections{profile=\"other\"} 0.0");
    assertThat(counted("culvert_ssh_logins_total{"))
        .containsExactly("culvert_ssh_logins_total{profile=\"other\",result=\"ok\"} 0.0");
  }

  @Test
  void aConnectionEndsUnderTheNameThatItBeganWith() {
    SshServer early = server("gate");
    metrics.ssh().loggedIn(early); // no such profile: a hop's
    metrics.profiles(Set.of("gate"));
    metrics.ssh().loggedIn(server("gate"));
    metrics.ssh().ended(early);

    assertThat(counted("culvert_ssh_connections{"))
        .contains("culvert_ssh_connections{profile=\"gate\"} 1.0")
        .doesNotContain("culvert_ssh_connections{profile=\"(hop)\"} 1.0");
  }

  @Test
  void namesThatChangeWithEachReloadDoNotPileUp() {
    for (int i = 0; i < 1_000; i++) {
      metrics.profiles(Set.of("profile " + i));
      metrics.ssh().loginFailed(server("profile " + i), SshFailure.AUTH_FAILED);
    }

    assertThat(counted("culvert_ssh_connections{")).hasSize(1);
    assertThat(counted("culvert_ssh_logins_total{")).hasSize(2);
  }

  @Test
  void nothingThatAClientChoosesIsALabel() {
    Story control = ftp("jobs");
    control.ftpUser("secret");
    control.inPlaintext(SERVER, Optional.empty());
    control.ended(EndReason.COMPLETED, "secret");
    metrics.ssh().loggedIn(server("gate:secret.example"));

    assertThat(metrics.scrape()).doesNotContain("secret", "192.0.2.", "batch");
  }

  @Test
  void whatRunsAndItsProcessAreThere() {
    metrics.counter("culvert.log.dropped", "Lines", () -> 3);
    assertThat(metrics.scrape())
        .contains(
            "culvert_build_info{java=\""
                + System.getProperty("java.version")
                + "\",version=\"1.2.3\"} 1\n")
        .contains("# TYPE culvert_log_dropped_total counter\nculvert_log_dropped_total 3.0\n")
        .contains("\nprocess_start_time_seconds ", "\nprocess_cpu_seconds_total ")
        .contains("\njvm_memory_used_bytes{area=\"heap\"} ", "\njvm_threads_current ");
  }

  @Test
  void aCounterGoesOnWhenItsCountIsAskedForByNobodyElse() {
    AtomicLong count = new AtomicLong();
    metrics.counter("some.lost", "Some", count::get);
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              System.gc();
              return garbage.get() == null;
            });
    count.set(7);

    assertThat(metrics.scrape()).contains("some_lost_total 7.0");
  }

  @Test
  void nobodyKeepsWhatIsClosed() {
    WeakReference<Object> closed = closed();

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              System.gc();
              return closed.get() == null;
            });
  }

  private static WeakReference<Object> closed() {
    Object part = new Object();
    try (Metrics other = new Metrics("")) {
      other.gauge("some.part", "Some", part::hashCode);
    }
    return new WeakReference<>(part);
  }
}
