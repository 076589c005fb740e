package culvert.proxy.cli;

import static culvert.proxy.cli.CommandLineRun.PATIENCE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.proxy.check.FakeMachine;
import culvert.proxy.handover.ExecDoor;
import culvert.proxy.service.NotifySocket;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RestoreLogging.class)
class RunCommandTest {
  @TempDir private Path directory;
  private final RecordingDaemon daemon = new RecordingDaemon();
  private CommandLineRun culvert;

  private static final class RecordingDaemon implements Daemon {
    private final List<CulvertConfig> configs = new CopyOnWriteArrayList<>();
    private final List<Path> commands = new CopyOnWriteArrayList<>();
    private final AtomicInteger reopened = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile List<String> needRestart = List.of();
    private final CountDownLatch cut = new CountDownLatch(1);
    private volatile boolean stays;
    private volatile boolean drained;
    private volatile Runnable beforeReload = () -> {};
    private volatile boolean goOn;

    @Override
    public List<String> listeners() {
      return List.of("socks 127.0.0.1:1080", "tunnel [::1]:1081");
    }

    @Override
    public List<String> reload(CulvertConfig config) {
      beforeReload.run();
      configs.add(config);
      return needRestart;
    }

    @Override
    public void reloadFailed() {
      failed.incrementAndGet();
    }

    @Override
    public void reopen() {
      reopened.incrementAndGet();
    }

    @Override
    public ExecDoor acceptCommands(Path socket) throws IOException {
      commands.add(socket);
      throw new IOException("not in this test");
    }

    @Override
    public void drain() throws InterruptedException {
      drained = true;
      if (stays) {
        cut.await();
      }
    }

    @Override
    public void cut() {
      cut.countDown();
    }
  }

  @BeforeEach
  void freshRun() {
    culvert =
        new CommandLineRun(directory)
            .withDaemon(
                config -> {
                  daemon.configs.add(config);
                  return daemon;
                });
  }

  @Test
  void oneReadyLineNamesEveryListener() throws Exception {
    CompletableFuture<Integer> exit = run();

    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.outLines())
        .containsExactly("culvert ready: socks 127.0.0.1:1080, tunnel [::1]:1081");
    assertThat(daemon.drained).isTrue();
  }

  @Test
  void hangUpReloadsAndABrokenFileKeepsTheOldConfiguration() throws Exception {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, "default-action: direct\n");
    CompletableFuture<Integer> exit = run();

    Files.writeString(file, "default-action: block\n");
    culvert.signal("HUP");
    await().atMost(PATIENCE).until(() -> daemon.configs.size() == 2);
    Files.writeString(file, "default-action: nonsense\n");
    culvert.signal("HUP");
    await()
        .atMost(PATIENCE)
        .until(() -> culvert.err().contains("configuration rejected, the old one stays"));
    culvert.signal("INT");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.configs)
        .extracting(CulvertConfig::defaultAction)
        .containsExactly(Action.DIRECT, Action.BLOCK);
    assertThat(culvert.err()).contains("nonsense");
    assertThat(daemon.failed).hasValue(1);
  }

  @Test
  void aDefectInAReloadEndsNothing() throws Exception {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, "default-action: direct\n");
    culvert.withMachine(new FakeMachine().withDefectAboutUser("strange"));
    CompletableFuture<Integer> exit = run();

    Files.writeString(file, "rules: [{ match: { os-user: strange }, action: block }]\n");
    culvert.signal("HUP");
    await().atMost(PATIENCE).until(() -> daemon.failed.get() == 1);
    Files.writeString(file, "default-action: block\n");
    culvert.signal("HUP");
    await().atMost(PATIENCE).until(() -> daemon.configs.size() == 2);
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err()).contains("configuration not taken, the old one stays");
    assertThat(daemon.drained).isTrue();
  }

  @Test
  void whatNeedsARestartIsNotSaidToBeReloaded() throws Exception {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, "default-action: direct\n");
    daemon.needRestart = List.of("limits", "admin");
    CompletableFuture<Integer> exit = run();
    culvert.signal("HUP");
    await().atMost(PATIENCE).until(() -> culvert.err().contains("need a restart"));
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err().lines().filter(line -> line.contains("configuration reloaded")))
        .singleElement()
        .asString()
        .contains(" WARN ", "in part", "[limits, admin]");
    assertThat(daemon.failed).hasValue(0);
  }

  @Test
  void aSecondSignalCutsTheDrainShort() throws Exception {
    daemon.stays = true;
    CompletableFuture<Integer> exit = run();

    culvert.signal("TERM");
    await().atMost(PATIENCE).until(() -> daemon.drained);
    assertThat(exit).isNotDone();
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isEqualTo(1);
  }

  @Test
  void whatOthersReloadOnIsToldToDoNothing() throws Exception {
    CompletableFuture<Integer> exit = run();

    culvert.signal("USR2");
    await().atMost(PATIENCE).until(() -> culvert.err().contains("SIGUSR2 means nothing here"));
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.configs).hasSize(1);
    assertThat(daemon.reopened).hasValue(0);
  }

  @Test
  void aReloadThatIsAskedForDuringTheStartComesAfterIt() throws Exception {
    culvert.withDaemon(
        config -> {
          daemon.configs.add(config);
          culvert.signal("HUP");
          return daemon;
        });
    CompletableFuture<Integer> exit = run();

    await().atMost(PATIENCE).until(() -> daemon.configs.size() == 2);
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
  }

  @Test
  void theEndDoesNotWaitForReloadsThatWereAskedForBefore() throws Exception {
    CountDownLatch reloading = new CountDownLatch(1);
    daemon.beforeReload =
        () -> {
          reloading.countDown();
          await().atMost(PATIENCE).until(() -> daemon.goOn);
        };
    CompletableFuture<Integer> exit = run();
    culvert.signal("HUP");
    assertThat(reloading.await(PATIENCE.toSeconds(), SECONDS)).isTrue();
    for (int i = 0; i < 100; i++) {
      culvert.signal("HUP");
    }
    culvert.signal("TERM");
    daemon.goOn = true;

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.configs).hasSize(2); // the start's, and that of the reload that had begun
  }

  @Test
  void manyReloadsThatWereAskedForDuringOneAreOne() throws Exception {
    CountDownLatch reloading = new CountDownLatch(1);
    daemon.beforeReload =
        () -> {
          reloading.countDown();
          await().atMost(PATIENCE).until(() -> daemon.goOn);
        };
    CompletableFuture<Integer> exit = run();
    culvert.signal("HUP");
    assertThat(reloading.await(PATIENCE.toSeconds(), SECONDS)).isTrue();
    for (int i = 0; i < 100; i++) {
      culvert.signal("HUP");
    }
    culvert.signal("USR1");
    daemon.goOn = true;
    await().atMost(PATIENCE).until(() -> daemon.configs.size() == 3);
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.configs).hasSize(3);
    assertThat(daemon.reopened).hasValue(1);
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void theServiceManagerHearsWhatItWaitsFor() throws Exception {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, "default-action: direct\n");
    String socket = directory.resolve("notify").toString();
    try (NotifySocket systemd = new NotifySocket(socket)) {
      culvert.withVariable("NOTIFY_SOCKET", socket);
      CompletableFuture<Integer> exit = run();
      await().atMost(PATIENCE).until(() -> systemd.messages().size() == 1);
      culvert.signal("HUP");
      await().atMost(PATIENCE).until(() -> systemd.messages().size() == 3);
      Files.writeString(file, "default-action: nonsense\n");
      culvert.signal("HUP");
      await().atMost(PATIENCE).until(() -> systemd.messages().size() == 5);
      culvert.signal("TERM");
      assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();

      await().atMost(PATIENCE).until(() -> systemd.messages().size() == 6);
      String ready = "READY=1\nSTATUS=socks 127.0.0.1:1080, tunnel [::1]:1081";
      List<String> told = systemd.messages();
      assertThat(told.get(0)).isEqualTo(ready);
      assertThat(told.get(1)).startsWith("RELOADING=1\n");
      assertThat(told.get(2)).isEqualTo(ready);
      assertThat(told.get(3)).startsWith("RELOADING=1\n");
      assertThat(told.get(4))
          .isEqualTo(ready + "; the configuration was not taken, the old one stays");
      assertThat(told.get(5)).startsWith("STOPPING=1\n");
    }
  }

  @Test
  void usr1OpensFilesAnewAndEndsNothing() throws Exception {
    CompletableFuture<Integer> exit = run();

    culvert.signal("USR1");
    await().atMost(PATIENCE).until(() -> daemon.reopened.get() == 1);
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.configs).hasSize(1);
  }

  @Test
  void theStartSaysWhatRunsAndWhatMayGoInPlaintext() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("culvert.yaml"),
            """
            rules:
              - { name: open, match: { host: a.example }, action: direct }
              - name: partners
                match: { host: b.example }
                action: ftp-tunnel
                fallback: plain
                fallback-on: [unreachable, auth-failed]
            default-action: block
            """);
    CompletableFuture<Integer> exit = run();
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err())
        .containsPattern(
            "INFO  starting version=\\S+ java=" + Pattern.quote(System.getProperty("java.version")))
        .contains(" file=" + file.toAbsolutePath())
        .contains("listening listeners=\"[socks 127.0.0.1:1080, tunnel [::1]:1081]\"")
        .contains(
            "FTP may go in plaintext; what forbids it: culvert check --audit"
                + " rules=\"[open (rule), partners (unreachable, auth-failed)]\"");
  }

  @Test
  void aStartThatAllowsNoPlaintextSaysSo() throws Exception {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        "rules: [{ name: no, match: { host: a.example }, action: block }]\ndefault-action: block\n");
    CompletableFuture<Integer> exit = run();
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err()).contains("no rule lets FTP go in plaintext");
  }

  @Test
  void theLogSurvivesEveryOptionThatChangesIt() throws Exception {
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> culvert.execute("-v", "run", "--log-format", "json"));
    await().atMost(PATIENCE).until(() -> !culvert.out().isEmpty());

    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err()).contains("\"message\":\"starting\"").contains("\"stopped\"");
  }

  @Test
  void whatTheConfigurationIsWarnedOfIsALineOfTheLog() throws Exception {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        profiles: { key: { user: joe, authentication: [publickey] } }
        rules:
          - { name: tls, action: ftp-tunnel, profile: key, ftp: { auth-tls: pass-through } }
        """);
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> culvert.execute("run", "--log-format", "json"));
    await().atMost(PATIENCE).until(() -> !culvert.out().isEmpty());
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err())
        .contains("culvert.yaml:3:")
        .doesNotContainPattern("(?m)^(?!\\{)."); // nothing but objects
  }

  @Test
  void holesAreToldAtTheStartAndAtAReloadAndKeepItFromNothing() throws Exception {
    Path file = directory.resolve("culvert.yaml");
    Files.writeString(file, "profiles: { spare: { host: a.example } }\n");
    culvert.withMachine(new FakeMachine().withoutUser("strange"));
    CompletableFuture<Integer> exit = run();
    assertThat(culvert.err()).contains(file + ":1:20: warning: profile \"spare\": nobody uses it");

    Files.writeString(file, "rules: [{ match: { os-user: strange }, action: block }]\n");
    culvert.signal("HUP");
    await().atMost(PATIENCE).until(() -> daemon.configs.size() == 2);
    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.err()).contains(file + ":1:29: warning: os-user: nobody here is called");
  }

  @Test
  void anUnusableConfigurationDoesNotStart() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), "default-action: nonsense\n");

    assertThat(culvert.execute("run")).isEqualTo(2);

    assertThat(daemon.configs).isEmpty();
    assertThat(culvert.out()).isEmpty();
  }

  @Test
  void aListenerThatCannotBeBoundIsFatal() {
    Daemon.Starter failing =
        config -> {
          throw new BindException("socks 127.0.0.1:1080: address already in use");
        };

    assertThat(culvert.withDaemon(failing).execute("run")).isEqualTo(1);

    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err()).contains("culvert: socks 127.0.0.1:1080: address already in use");
  }

  private CompletableFuture<Integer> run() {
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> culvert.execute("run"));
    await().atMost(PATIENCE).until(() -> !culvert.out().isEmpty());
    return exit;
  }

  @Test
  void commandsThatCannotComeInKeepNobodyElseOut() throws Exception {
    culvert.withVariable(
        "RUNTIME_DIRECTORY", directory.resolve("run") + ":" + directory.resolve("other"));
    CompletableFuture<Integer> exit = run();

    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.commands).containsExactly(directory.resolve("run/exec.sock"));
    assertThat(culvert.err()).contains("no commands (culvert exec) can come in");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", { redirect: 2180 }"})
  void whereAListenerAsksForUsersCommandsAreNoWayAroundIt(String another) throws Exception {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        listeners: [{ socks: 127.0.0.1:1080, users: { amy: secret } }%s]
        default-action: block
        """
            .formatted(another));
    CompletableFuture<Integer> exit = run();

    culvert.signal("TERM");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(daemon.commands).isEmpty();
    assertThat(culvert.err()).contains("no listener lets this host's users in");
  }
}
