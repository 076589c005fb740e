package culvert.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.TestFile;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.TestAccount;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What else runs as a user whom the table captures, and many at once. */
@RealPeers
@AnyTransport
class CapturedJobsIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int STUB_PORT = 2021;
  private static final int JOBS = 300;
  private static final int JOBS_A_SECOND = 100; // of two connections each
  private static final int RELOADS = 8;

  private static final String LISTENERS =
      "listeners: [{ redirect: 127.0.0.1:218 }, { name: socks, socks: 127.0.0.1:0 }]\n";
  private static final String RULES =
      """
      rules:
        - { match: { port: [21, %d] }, action: ftp-tunnel }
        - { match: { port: %d }, action: block }
      capture: { users: %s }
      """;

  @TempDir private static Path directory;
  @AutoClose private static CaptureHosts hosts;
  private static TestFile file;

  @BeforeAll
  static void start() throws Exception {
    hosts = CaptureHosts.start(directory, LISTENERS, rules(4711));
    hosts.program("session.py"); // or the first ones of several would each write it
    file = TestFile.create(hosts.folder().resolve("file"), 2_000_000);
  }

  @BeforeEach
  void capture() throws Exception {
    hosts.table().remove();
    hosts.table().apply(hosts.config());
  }

  private static String rules(int blocked) {
    return RULES.formatted(STUB_PORT, blocked, TestAccount.USER);
  }

  private static List<String> as(String user, String... command) {
    List<String> all =
        new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
    all.addAll(List.of(command));
    return all;
  }

  private static String[] curl(Path program) {
    return new String[] {
      program.toString(),
      "-q",
      "-sS",
      "-m",
      "60",
      "-u",
      TestAccount.USER + ":" + TestAccount.password(),
      "ftp://" + CaptureHosts.SERVER + "/" + TestAccount.below(hosts.folder()) + "/file"
    };
  }

  private static Run<Sha256> digest(List<String> command) {
    return Run.digest(DEADLINE, hosts.clients().command(command));
  }

  @Test
  void aStaticallyLinkedProgramIsCaptured() throws Exception {
    String busybox = RealPeers.UNPACKED.resolve("bin/busybox").toString();
    assertThat(hosts.clients().run("ldd", busybox).errors()).contains("not a dynamic executable");
    int before = hosts.besidesSsh();
    String folder = TestAccount.below(hosts.folder());
    String login = "-u " + TestAccount.USER + " -p " + TestAccount.password() + " ";

    Run<Sha256> done =
        digest(
            as(
                TestAccount.USER,
                "sh",
                "-c",
                "cd $0 && $1 ftpget $2 copy $3/file && $1 ftpput $2 $3/uploaded copy && cat copy",
                hosts.folder().toString(),
                busybox,
                login + CaptureHosts.SERVER,
                folder));

    assertThat(done).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(Sha256.of(hosts.folder().resolve("uploaded"))).isEqualTo(file.content());
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void aSetuidProgramIsCapturedAsItsOwner() throws Exception {
    Path program = Files.copy(Path.of("/usr/bin/curl"), directory.resolve("curl-of-the-account"));
    TestAccount.give(program);
    String nobody = Integer.toString(CaptureHosts.NOBODY);
    int before = hosts.besidesSsh();

    hosts.clients().does("chmod", "4755", program.toString());
    assertThat(digest(as(nobody, curl(program)))).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);

    hosts.clients().does("chmod", "0755", program.toString());
    assertThat(digest(as(nobody, curl(program)))).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isGreaterThan(before);
  }

  @Test
  void twoHundredConnectionsASecondAreAllServed() throws Exception {
    String script = hosts.program("load.py").toString();
    Process stub =
        new ProcessBuilder(
                hosts
                    .servers()
                    .command(
                        List.of(
                            "/usr/bin/python3",
                            script,
                            "serve",
                            CaptureHosts.SERVER,
                            Integer.toString(STUB_PORT))))
            .redirectError(directory.resolve("stub.log").toFile())
            .start();
    try {
      assertThat(firstLine(stub)).isEqualTo("ready");
      int before = hosts.besidesSsh();

      Run<String> load =
          Run.text(
              DEADLINE,
              hosts
                  .clients()
                  .command(
                      as(
                          TestAccount.USER,
                          "/usr/bin/python3",
                          script,
                          "run",
                          CaptureHosts.SERVER,
                          Integer.toString(STUB_PORT),
                          TestAccount.USER,
                          TestAccount.password(),
                          Integer.toString(JOBS),
                          Integer.toString(JOBS_A_SECOND))));

      assertThat(load).isEqualTo(new Run<>(0, JOBS + " of " + JOBS + "\n", ""));
      assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
    } finally {
      stub.destroyForcibly();
    }
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  @Test
  void reloadsLeaveNoJobLessThanWhole() throws Exception {
    int before = hosts.besidesSsh();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        running.add(threads.submit(() -> jobsUntil(over)));
      }
      for (int i = 1; i <= RELOADS; i++) {
        hosts.configure(LISTENERS, rules(4711 + i)); // so that the table changes each time
        hosts.reload();
        assertThat(hosts.clients().does("nft", "list", "table", "inet", "culvert"))
            .contains(Integer.toString(4711 + i));
      }
      over.set(true);

      for (Future<Integer> jobs : running) {
        assertThat(jobs.get()).isPositive();
      }
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  private static int jobsUntil(AtomicBoolean over) throws Exception {
    String user = TestAccount.USER;
    int done = 0;
    while (!over.get()) {
      try (LiveSession session = LiveSession.open(hosts, "--reuid=" + user, "--regid=" + user)) {
        for (int i = 0; i < 3; i++) {
          assertThat(session.ask("get " + TestAccount.below(hosts.folder()) + "/file"))
              .isEqualTo(file.content().hex());
          done++;
        }
      }
    }
    return done;
  }

  @Test
  void commandsDependOnNoTableAndEnterNothingIntoIt() throws Exception {
    InstalledCulvert program = InstalledCulvert.in(directory.resolve("program"));
    List<String> job =
        as(
            TestAccount.USER,
            program
                .exec(
                    List.of("--socket", hosts.execSocket().toString()),
                    List.of(curl(Path.of("/usr/bin/curl"))))
                .toArray(String[]::new));
    int before = hosts.besidesSsh();

    assertThat(digest(job)).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(hosts.clients().does("nft", "list", "table", "inet", "culvert"))
        .doesNotContain("elements");

    assertThat(hosts.table().remove()).isTrue();
    assertThat(digest(job)).isEqualTo(new Run<>(0, file.content(), ""));
    assertThat(hosts.besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }
}
