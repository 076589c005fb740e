package culvert.it;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Promtool;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metrics tell what travelled how: jobs of all kinds, with real servers and Prometheus' judge. */
@RealPeers
@AnyTransport
class MetricsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\|([^|]*)\\|");

  private static final Pattern NAME =
      Pattern.compile("\\b(culvert|process|jvm)_[a-z_]+[a-z](?!\\w)");
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:culvert|process|jvm)_[a-z_]+)\\{([^}]*)\\}");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+) *(?:=~|!~|!=|=) *\"");

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();
  private final MixedSite site = new MixedSite(peers);

  /** Tunnelled, fallen back, blocked and refused jobs. */
  private void mixedJobs(Culvert culvert) throws Exception {
    TestFile.create(peers.home().resolve("down"), 70_000);
    TestFile up = TestFile.create(peers.directory().resolve("up"), 30_000);
    CurlClient curl = culvert.curl();
    CurlClient wrong =
        CurlClient.through(
            "--socks5-hostname", culvert.port(), TestAccount.USER, "not the password");
    for (int i = 0; i < 2; i++) {
      assertThat(curl.digest(site.url("127.0.0.1", "down")).exitCode()).isZero();
      assertThat(site.put(curl, up, "127.0.0.1", "up" + i).exitCode()).isZero();
      assertThat(site.put(curl, up, "localhost", "plain" + i).exitCode()).isZero();
      assertThat(curl.text(site.url("blocked.example", "down")).exitCode()).isEqualTo(97);
    }
    assertThat(curl.digest(site.url("localhost", "down")).exitCode()).isZero();
    assertThat(curl.text(site.url("changed.example", "down")).exitCode()).isNotZero();
    assertThat(wrong.text(site.url("127.0.0.1", "down")).exitCode()).isNotZero();
    await()
        .atMost(DEADLINE)
        .until(() -> total(culvert.admin().scrape().counted("culvert_jobs_total")) == 11);
  }

  private static long total(Map<String, Long> counted) {
    return counted.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void theNumbersAreWhatTheClientsMovedAndWhatTheTrailSays() throws Exception {
    Scrape scrape;
    try (Culvert culvert = site.start()) {
      mixedJobs(culvert);
      scrape = culvert.admin().scrape();
    }

    assertThat(scrape.counted("culvert_bytes_total", "rule", "route", "direction"))
        .isEqualTo(
            Map.of(
                "jobs ssh up", 60_000L,
                "jobs ssh down", 140_000L,
                "closed plaintext up", 60_000L,
                "closed plaintext down", 70_000L));
    assertThat(scrape.counted("culvert_jobs_total", "rule", "route", "why"))
        .isEqualTo(
            Map.of(
                "jobs ssh ", 4L,
                "closed plaintext unreachable", 3L,
                "blocked refused rule", 2L,
                "changed refused host-key", 1L,
                "jobs refused login", 1L));
    assertThat(scrape.counted("culvert_transfers_total", "route", "outcome"))
        .isEqualTo(Map.of("ssh ok", 4L, "plaintext ok", 3L));
    assertThat(scrape.counted("culvert_job_duration_seconds_count", "route"))
        .isEqualTo(Map.of("ssh", 4L, "plaintext", 3L, "refused", 4L));
    assertThat(scrape.counted("culvert_fallbacks_total", "reason"))
        .isEqualTo(Map.of("unreachable", 3L));
    assertThat(scrape.counted("culvert_ssh_logins_total", "profile", "result"))
        .containsOnlyKeys("gate auth-failed", "gate ok");
    assertThat(scrape.counted("culvert_tunnel_failures_total", "failure"))
        .isEqualTo(Map.of("connection-refused", 3L, "host-key", 1L, "auth-failed", 1L));
    assertThat(scrape.counted("culvert_ssh_host_keys_changed_total")).containsEntry("", 1L);

    assertThat(
            AuditTrails.events(site.trail(), "job.ended").stream()
                .collect(groupingBy(job -> words(job, "rule", "route", "why"), counting())))
        .isEqualTo(scrape.counted("culvert_jobs_total", "rule", "route", "why"));
    assertThat(
            AuditTrails.events(site.trail(), "transfer.ended").stream()
                .collect(groupingBy(job -> words(job, "rule", "route", "outcome"), counting())))
        .isEqualTo(scrape.counted("culvert_transfers_total", "rule", "route", "outcome"));
  }

  private static String words(JsonNode event, String... fields) {
    return String.join(" ", Stream.of(fields).map(f -> event.path(f).asText()).toList());
  }

  private static long tunnelled(Culvert culvert) throws Exception {
    return culvert
        .admin()
        .scrape()
        .counted("culvert_bytes_total", "route", "direction")
        .getOrDefault("ssh down", 0L);
  }

  /** What they ask for is there, with the labels that they name. */
  private static void assertAsked(Scrape scrape, String document) {
    assertThat(NAME.matcher(document).results().map(MatchResult::group).distinct())
        .hasSizeGreaterThan(10)
        .isSubsetOf(scrape.names());
    SELECTOR
        .matcher(document)
        .results()
        .forEach(
            selector ->
                assertThat(
                        MATCHER.matcher(selector.group(2)).results().map(label -> label.group(1)))
                    .as(selector.group())
                    .isSubsetOf(
                        Stream.concat(
                                Stream.of("job", "instance"),
                                scrape.labels(selector.group(1).replace("_bucket", "")).stream())
                            .toList()));
  }

  @Test
  void aLongTransferShowsWhileItRuns() throws Exception {
    TestFile.create(peers.home().resolve("big"), 50L * TestFile.MIB);
    try (Culvert culvert = site.start();
        FtpDialogue ftp = culvert.login(peers.vsftpd().port());
        Socket data = culvert.socks().connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("RETR " + peers.home().getFileName() + "/big")).startsWith("150 ");
      assertThat(data.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);

      // What the client has got is counted a moment later.
      await().atMost(DEADLINE).until(() -> tunnelled(culvert) >= 1_000_000);
      Scrape running = culvert.admin().scrape();
      assertThat(tunnelled(culvert)).isLessThan(50L * TestFile.MIB);
      assertThat(running.counted("culvert_connections_active")).containsEntry("", 2L);
      assertThat(running.counted("culvert_ssh_connections", "profile")).containsEntry("gate", 1L);
      assertThat(running.counted("culvert_jobs_total")).isEmpty();
    }
  }

  @Test
  void promtoolTakesThemAndTheDocumentsNameThem() throws Exception {
    Scrape scrape;
    try (Culvert culvert = site.start()) {
      culvert.counter("culvert.log.dropped", () -> 0); // the command's: UnreadLogIT
      mixedJobs(culvert);
      scrape = culvert.admin().scrape();
    }
    Path file = peers.directory().resolve("scrape");
    Files.writeString(file, scrape.text());
    Run<String> judged = Promtool.checkMetrics(file);
    assertThat(judged).isEqualTo(new Run<>(0, "", ""));

    Map<String, String> described = new TreeMap<>();
    ROW.matcher(Files.readString(DOCS.resolve("METRICS.md")))
        .results()
        .forEach(
            row -> {
              String name = row.group(1);
              described.put(name, row.group(2));
              assertThat(scrape.labels(name))
                  .as("labels of " + name)
                  .isEqualTo(
                      Pattern.compile("[a-z_]+")
                          .matcher(row.group(3))
                          .results()
                          .map(label -> label.group())
                          .collect(Collectors.toCollection(TreeSet::new)));
            });
    assertAsked(scrape, Files.readString(DOCS.resolve("alerts.yml")));
    assertAsked(scrape, Files.readString(DOCS.resolve("grafana.json")).replace("\\\"", "\""));
    Map<String, String> shown = new TreeMap<>(scrape.types());
    shown.keySet().removeIf(name -> name.startsWith("jvm_") && !described.containsKey(name));
    assertThat(described).isEqualTo(shown);
  }
}
