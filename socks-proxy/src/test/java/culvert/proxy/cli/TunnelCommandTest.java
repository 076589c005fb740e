package culvert.proxy.cli;

import static culvert.proxy.cli.CommandLineRun.PATIENCE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.config.Secret;
import culvert.config.SshProfile;
import culvert.config.SshUser;
import culvert.config.TunnelProtocol;
import culvert.proxy.handover.ExecDoor;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.BindAddress;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(RestoreLogging.class)
class TunnelCommandTest {
  private static final String FTP = "ftp/1234:localhost:21";

  @TempDir private Path directory;
  private final RecordingTunnels tunnels = new RecordingTunnels();
  private CommandLineRun culvert;

  private static final class RecordingTunnels implements TunnelRunner, Daemon {
    private final List<CulvertConfig> tried = new CopyOnWriteArrayList<>();
    private final Map<String, String> locks = new HashMap<>();
    private final Queue<SshFailure> failures = new ArrayDeque<>();
    private volatile CulvertConfig config;
    private volatile TunnelStatus status;
    private volatile boolean drained;
    private volatile boolean reopened;
    private volatile boolean cut;

    @Override
    public boolean isLocked(Path key, Optional<Secret> passphrase) {
      String lock = locks.get(key.getFileName().toString());
      return lock != null && !passphrase.equals(Optional.of(new Secret(lock)));
    }

    @Override
    public void tryLogin(CulvertConfig with, String profile) throws SshException {
      tried.add(with);
      SshFailure failure = failures.poll();
      if (failure != null) {
        throw new SshException(failure, "ssh server h:22: " + failure);
      }
    }

    @Override
    public Daemon start(CulvertConfig with, TunnelStatus told) {
      config = with;
      status = told;
      return this;
    }

    @Override
    public List<String> listeners() {
      return List.of("tunnel 127.0.0.1:1234");
    }

    @Override
    public List<String> reload(CulvertConfig changed) {
      throw new AssertionError("there is nothing to reload");
    }

    @Override
    public void reloadFailed() {
      throw new AssertionError("there is nothing to reload");
    }

    @Override
    public void reopen() {
      reopened = true;
    }

    @Override
    public ExecDoor acceptCommands(Path socket) {
      throw new AssertionError("commands have no way in");
    }

    @Override
    public void drain() {
      drained = true;
    }

    @Override
    public void cut() {
      cut = true;
    }

    SshProfile profile() {
      return Objects.requireNonNull(config.profiles().get("ssh"));
    }
  }

  @BeforeEach
  void freshRun() {
    culvert = new CommandLineRun(directory).withTunnels(tunnels);
  }

  @Test
  void withAKeyItLogsInOpensTheTunnelsAndStaysUntilTheSignal() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "a key");

    run("-p", "2222", "-i", "key", "-L", FTP, "-R", "[::1]:0:db.lan:5432", "joe@ssh.example");

    assertThat(culvert.outLines())
        .startsWith(
            "connected to joe@ssh.example, port 2222", "culvert ready: tunnel 127.0.0.1:1234");
    assertThat(tunnels.drained).isTrue();
    SshProfile profile = tunnels.profile();
    assertThat(profile.host()).contains("ssh.example");
    assertThat(profile.port()).isEqualTo(2222);
    assertThat(profile.timeouts().connect()).isEqualTo(Duration.ofSeconds(15));
    assertThat(profile.user()).isEqualTo(new SshUser.Fixed("joe"));
    assertThat(profile.login().authentication()).containsExactly(AuthMethod.PUBLICKEY);
    assertThat(profile.login().identityFiles()).containsExactly(key);
    assertThat(profile.hostKeys().acceptNew()).isTrue();
    assertThat(tunnels.config.listeners())
        .satisfiesExactly(
            listener -> {
              ListenerConfig.Tunnel tunnel = (ListenerConfig.Tunnel) listener;
              assertThat(tunnel.bind()).isEqualTo(new Endpoint("127.0.0.1", 1234));
              assertThat(tunnel.protocol()).isEqualTo(TunnelProtocol.FTP);
              assertThat(tunnel.target()).isEqualTo(new Endpoint("localhost", 21));
            },
            listener ->
                assertThat(listener)
                    .isEqualTo(
                        new ListenerConfig.RemoteTunnel(
                            "remote-tunnel",
                            new Endpoint("::1", 0),
                            TunnelProtocol.TCP,
                            "ssh",
                            new Endpoint("db.lan", 5432))));
  }

  @Test
  void theRightPassphraseOpensAnEncryptedKeyAndAllThatHaveTheSame() throws Exception {
    keys("one", "two", "other");
    tunnels.locks.putAll(Map.of("one", "it's", "two", "it's", "other", "else"));
    culvert.withPasswords("wrong", "it's");

    run("-i", "one", "-i", "two", "-i", "other", "-L", FTP, "joe@ssh.example");

    assertThat(culvert.prompts())
        .hasSize(2)
        .containsOnly("passphrase for key " + directory.resolve("one") + ": ");
    assertThat(tunnels.profile().login().identityFiles())
        .containsExactly(directory.resolve("one"), directory.resolve("two"));
    assertThat(tunnels.profile().login().identityPassphrase().map(Secret::reveal)).contains("it's");
    assertThat(culvert.err())
        .contains(directory.resolve("other") + ": not used, its passphrase is not that of the key");
    assertThat(culvert.out() + culvert.err()).doesNotContain("it's\n").doesNotContain("wrong");
  }

  @Test
  void aKeyThatStaysLockedGivesWayToAPassword() throws Exception {
    keys("one");
    tunnels.locks.put("one", "secret");
    culvert.withPasswords("", "password");

    run("-i", "one", "-L", FTP, "joe@ssh.example");

    assertThat(culvert.prompts()).hasSize(2);
    assertThat(culvert.err()).contains("one: not used, it is encrypted");
    assertThat(tunnels.profile().login().password().map(Secret::reveal)).contains("password");
    assertThat(tunnels.tried).hasSize(1);
  }

  @Test
  void aLockedKeyDoesNotMakeTheFtpPasswordTheSshPassword() throws Exception {
    keys("one");
    tunnels.locks.put("one", "secret");

    assertThat(culvert.execute("tunnel", "-i", "one", "-L", FTP, "ssh.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("ssh.example: no key is left to log in with");
    assertThat(tunnels.config).isNull();
  }

  @Test
  void withoutAKeyAPasswordIsAskedForAndAgainIfItIsRefused() throws Exception {
    tunnels.failures.add(SshFailure.AUTH_FAILED);
    culvert.withPasswords("wrong", "it's \"right\"");

    run("-L", FTP, "joe@ssh.example");

    assertThat(culvert.prompts()).hasSize(2).containsOnly("joe@ssh.example's password: ");
    assertThat(tunnels.profile().login().password().map(Secret::reveal)).contains("it's \"right\"");
    assertThat(culvert.out() + culvert.err()).doesNotContain("wrong").doesNotContain("right");
  }

  @Test
  void aKeyThatTheServerRefusesGivesWayToAPassword() throws Exception {
    Files.createDirectories(directory.resolve(".ssh"));
    Files.writeString(directory.resolve(".ssh/id_ed25519"), "a key");
    tunnels.failures.add(SshFailure.AUTH_FAILED);
    culvert.withPasswords("secret");

    run("-L", FTP, "joe@ssh.example");

    assertThat(tunnels.tried).hasSize(2);
    assertThat(tunnels.tried.get(0).profiles().get("ssh").login().identityFiles()).hasSize(1);
    assertThat(tunnels.profile().login().password()).isPresent();
  }

  @Test
  void afterThreeWrongPasswordsItGivesUp() {
    tunnels.failures.addAll(
        List.of(SshFailure.AUTH_FAILED, SshFailure.AUTH_FAILED, SshFailure.AUTH_FAILED));
    culvert.withPasswords("a", "b", "c", "d");

    assertThat(culvert.execute("tunnel", "-L", FTP, "joe@ssh.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("culvert: joe@ssh.example: the login was refused");
    assertThat(tunnels.config).isNull();
  }

  @Test
  void withoutATerminalAndAKeyThereIsNothingToLogInWith() {
    assertThat(culvert.execute("tunnel", "-L", FTP, "joe@ssh.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("no terminal to ask for a password at");
  }

  @Test
  void aHostKeyThatChangedEndsItBeforeAnythingIsSent() {
    tunnels.failures.add(SshFailure.HOST_KEY);
    culvert.withPasswords("secret");

    assertThat(culvert.execute("tunnel", "-L", FTP, "joe@ssh.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("culvert: ssh server h:22: HOST_KEY");
    assertThat(tunnels.config).isNull();
  }

  @Test
  void aServerThatIsDownIsNoReasonToEnd() throws Exception {
    tunnels.failures.add(SshFailure.CONNECTION_REFUSED);
    culvert.withPasswords("secret");

    run("-R", FTP, "joe@ssh.example");

    assertThat(culvert.err()).contains("CONNECTION_REFUSED; it will be tried again");
    assertThat(culvert.out()).contains("culvert ready:").doesNotContain("connected");
  }

  @Test
  void withoutAUserTheFtpLoginIsTheSshLogin() throws Exception {
    run("-L", FTP, "ssh.example");

    assertThat(tunnels.tried).isEmpty();
    assertThat(culvert.prompts()).isEmpty();
    assertThat(tunnels.profile().user()).isEqualTo(new SshUser.FromFtp());
    assertThat(tunnels.profile().needsFtpPassword()).isTrue();
  }

  @Test
  void remoteTunnelsAreToldOfAsTheyComeAndGo() throws Exception {
    culvert.withPasswords("secret");
    CompletableFuture<Integer> exit = start("-R", FTP, "joe@ssh.example");
    SshServer server = new SshServer(tunnels.profile(), "ssh.example");

    SshException refused =
        new SshException(SshFailure.CONNECTION_REFUSED, "ssh server ssh.example:22: refused");
    tunnels.status.down("remote-tunnel", server, refused, Duration.ofSeconds(2));
    tunnels.status.listening("remote-tunnel", server, new BindAddress("127.0.0.1", 1234));
    culvert.signal("INT");

    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(culvert.outLines())
        .contains(
            "remote-tunnel down: ssh server ssh.example:22: refused; next attempt in 2 s",
            "remote-tunnel ready: ssh.example:22 listens on 127.0.0.1:1234");
  }

  @Test
  void signalsOfUsersAndATerminalThatClosesCutNothing() throws Exception {
    culvert.withPasswords("secret");
    CompletableFuture<Integer> exit = start("-L", FTP, "joe@ssh.example");

    culvert.signal("USR1");
    culvert.signal("USR2");
    assertThat(tunnels.reopened).isTrue();
    assertThat(exit).isNotDone();

    culvert.signal("HUP");
    culvert.signal("HUP"); // the kernel's and the shell's
    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
    assertThat(tunnels.drained).isTrue();
    assertThat(tunnels.cut).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "joe@ssh.example,                            Nothing to do (expected: -L or -R)",
    "-L 5432:db:5432 ssh.example,                no user for 127.0.0.1:5432",
    "-R ftp/2121:localhost:21 ssh.example,       no user for 127.0.0.1:2121",
    "-L 1234:localhost joe@ssh.example,          2 fields between the colons",
    "-L 0.0.0.0:1234:h:21 joe@ssh.example,       allow-from beside it",
    "-L 1:h:21 --allow-from 10.0.0.1/8 joe@h,    10.0.0.1/8 has bits set behind the prefix",
    "-p 0 -L 1:h:21 joe@ssh.example,             -p: 0 (expected: 1..65535)",
    "-i no-such-key -L 1:h:21 joe@ssh.example,   -i: no-such-key (expected: a private key",
    "-L 1:h:21 @ssh.example,                     @ssh.example (expected: [USER@]HOST)",
    "-L 1:h:21 joe@-x,                           host: -x (expected:",
    "-L 1:h:21 -L 1:h:22 joe@ssh.example,        127.0.0.1:1 is taken by listener"
  })
  void wrongUsageIsToldAndNothingStarted(String line, String expected) {
    culvert.withPasswords("secret");
    String[] words = ("tunnel " + line).split(" ");

    assertThat(culvert.execute(words)).isEqualTo(2);

    assertThat(culvert.err()).contains(expected);
    assertThat(tunnels.config).isNull();
    assertThat(tunnels.tried).isEmpty();
  }

  @Test
  void othersMayUseAListenerOfWhomTheCommandLineSaysSo() throws Exception {
    culvert.withPasswords("secret");

    run("-L", "*:1234:db:5432", "--allow-from", "10.0.0.0/8", "joe@[2001:db8::1]");

    ListenerConfig.Tunnel tunnel = (ListenerConfig.Tunnel) tunnels.config.listeners().get(0);
    assertThat(tunnel.bind()).isEqualTo(new Endpoint("0.0.0.0", 1234));
    assertThat(tunnel.allowFrom()).hasToString("[10.0.0.0/8]");
    assertThat(tunnels.profile().host()).isEqualTo(Optional.of("2001:db8::1"));
  }

  private void keys(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(directory.resolve(name), "a key");
    }
  }

  private void run(String... args) throws Exception {
    CompletableFuture<Integer> exit = start(args);
    culvert.signal("TERM");
    assertThat(exit.get(PATIENCE.toSeconds(), SECONDS)).isZero();
  }

  private CompletableFuture<Integer> start(String... args) throws IOException {
    String[] words = new String[args.length + 1];
    words[0] = "tunnel";
    System.arraycopy(args, 0, words, 1, args.length);
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> culvert.execute(words));
    await().atMost(PATIENCE).until(() -> culvert.out().contains("culvert ready:") || exit.isDone());
    return exit;
  }
}
