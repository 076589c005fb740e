package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.KEYBOARD_INTERACTIVE;
import static culvert.config.AuthMethod.PASSWORD;
import static culvert.config.AuthMethod.PUBLICKEY;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import culvert.config.AuthMethod;
import culvert.ssh.Asker;
import culvert.ssh.NettyTransport;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.mina.FrozenLoops;
import culvert.ssh.mina.MinaSshTransport;
import culvert.ssh.mina.auth.LoginFixture.Round;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Logins on an event loop, as the transport makes them. */
@Timeout(60)
class LoginOverTransportTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path directory;
  private final FrozenLoops loops = new FrozenLoops("login", 1);
  private final EventLoop loop = loops.next();
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private volatile boolean defective;
  private LoginFixture ssh;
  private MinaSshTransport transport;

  @BeforeEach
  void start() throws Exception {
    ssh = new LoginFixture();
    transport =
        new MinaSshTransport(
            NettyTransport.preferred(),
            (host, executor) -> executor.newSucceededFuture(List.of(LOOPBACK)),
            this::block,
            new MinaSshTransport.Bounds(1 << 20, 8 << 20));
  }

  @AfterEach
  void stop() throws Exception {
    transport.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS);
    blocking.shutdownNow();
    ssh.close();
  }

  private void block(Runnable task) {
    if (defective) {
      throw new IllegalStateException("it was a defect");
    }
    blocking.execute(task);
  }

  private void logIn(Profiles profile, Optional<Password> password) throws Exception {
    SshServer server = new SshServer(profile.port(ssh.port()), "127.0.0.1");
    SshSession session =
        transport
            .connect(new SshSessionSpec(server, "alice", password, LOOPBACK), loop)
            .get(45, TimeUnit.SECONDS);
    session.release();
  }

  /** Time that runs out after that is no evidence that the server cannot be reached. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = AuthMethod.class,
      names = {"PASSWORD", "KEYBOARD_INTERACTIVE"})
  void whatIsLeftUndoneIsTheReasonWhenTheTimeRunsOut(AuthMethod first) throws Exception {
    ssh.expiredPassword().rounds(Round.asking("Password: "), Round.asking("Code: ")).hangsOnKey();
    assertTimeRunsOutUnfinished(
        Profiles.with(first, PUBLICKEY).keys(TestKeys.file("ed25519", directory)));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = AuthMethod.class,
      names = {"PASSWORD", "KEYBOARD_INTERACTIVE"})
  void aPartialSuccessIsTheReasonWhenTheTimeRunsOut(AuthMethod first) throws Exception {
    ssh.password("secret")
        .rounds(Round.asking("Password: "))
        .requires(first + ",publickey")
        .hangsOnKey();
    assertTimeRunsOutUnfinished(
        Profiles.with(first, PUBLICKEY).keys(TestKeys.file("ed25519", directory)));
  }

  private void assertTimeRunsOutUnfinished(Profiles profile) throws Exception {
    SshServer server = new SshServer(profile.port(ssh.port()), "127.0.0.1");
    SshSessionSpec spec =
        new SshSessionSpec(
            server,
            "alice",
            Optional.of(new Password("secret".getBytes(StandardCharsets.UTF_8))),
            LOOPBACK);

    Future<SshSession> login = transport.connect(spec, loop);
    ssh.awaitKey(); // now it is the server's turn
    assertThat(transport.unfinished(spec)).isPresent();
    assertThat(transport.onBehalfOf(Asker.CULVERT).unfinished(spec)).isPresent();
    loops.pass(profile.port(ssh.port()).timeouts().login());

    assertThat(login.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(login.cause())
        .isInstanceOf(SshException.class)
        .extracting(e -> ((SshException) e).failure())
        .isEqualTo(SshFailure.LOGIN_UNFINISHED);
    assertThat(transport.unfinished(spec)).isEmpty();
  }

  /**
   * A batch of jobs with an old password gets nobody locked out where a key comes first, either.
   */
  @Test
  void aPasswordThatIsRefusedBehindAKeyIsNotTriedAgain() throws Exception {
    ssh.password("secret").authorizes(TestKeys.publicKey("ed25519")).requires("publickey,password");
    Profiles profile = Profiles.with(PUBLICKEY, PASSWORD).keys(TestKeys.file("ed25519", directory));

    assertUnfinished(profile, "wrong");
    assertThat(assertUnfinished(profile, "wrong"))
        .hasMessageContaining("the password was refused 0 s ago; not tried again for another ");
    assertThat(ssh.seen()).containsOnlyOnce("password:wrong");
    logIn(profile, Optional.of(new Password("secret".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void norIsOneAfterKeyboardInteractiveHasAskedForMore() throws Exception {
    ssh.password("secret").rounds(Round.asking("Password: ", "Code: "));
    Profiles profile = Profiles.with(KEYBOARD_INTERACTIVE, PASSWORD);

    assertUnfinished(profile, "wrong");
    assertUnfinished(profile, "wrong");
    assertThat(ssh.seen()).containsOnlyOnce("password:wrong");
  }

  /** Nothing was refused, and the key may be there the next time. */
  @Test
  void aPasswordThatIsTakenIsTriedAgainWhereAKeyIsMissing() throws Exception {
    ssh.password("secret").requires("password,publickey");
    Profiles profile = Profiles.with(PASSWORD);

    assertUnfinished(profile, "secret");
    assertUnfinished(profile, "secret");
    assertThat(ssh.seen()).containsExactly("password:secret", "password:secret");
  }

  /** It is MINA that runs them, and takes what they throw for the connection's end. */
  @Test
  void aDefectInWhatMinaRunsIsNoSilenceOfTheServers() throws Exception {
    ssh.authorizes(TestKeys.publicKey("ed25519")).hangsOnKey();
    Profiles profile = Profiles.with(PUBLICKEY).keys(TestKeys.file("ed25519", directory));
    Future<SshSession> login = connect(profile, "secret");
    ssh.awaitKey();
    defective = true; // where the key is to sign
    ssh.letKeysGo();

    assertDefect(login);
  }

  @Test
  void aDefectWhereTheAnswerIsTakenIsNoSilenceOfTheServers() throws Exception {
    ssh.password("secret");
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    TurboFilter defect = new DefectiveLog();
    logs.addTurboFilter(defect);
    try {
      assertDefect(connect(Profiles.with(PASSWORD), "secret"));
    } finally {
      logs.getTurboFilterList().remove(defect);
    }
  }

  private static final class DefectiveLog extends TurboFilter {
    @Override
    public FilterReply decide(
        Marker marker, Logger logger, Level level, String text, Object[] values, Throwable cause) {
      if (logger.getName().endsWith(".TimedLogin")) {
        throw new IllegalStateException("it was a defect");
      }
      return FilterReply.NEUTRAL;
    }
  }

  private static void assertDefect(Future<SshSession> login) throws Exception {
    assertThat(login.await(30, TimeUnit.SECONDS)).isTrue();
    SshException failure = (SshException) login.cause();
    assertThat(failure.failure()).as(failure.getMessage()).isEqualTo(SshFailure.DEFECT);
    assertThat(failure).hasMessageContaining("it was a defect");
  }

  private Future<SshSession> connect(Profiles profile, String password) {
    SshServer server = new SshServer(profile.port(ssh.port()), "127.0.0.1");
    Optional<Password> shown = Optional.of(new Password(password.getBytes(StandardCharsets.UTF_8)));
    return transport.connect(new SshSessionSpec(server, "alice", shown, LOOPBACK), loop);
  }

  private SshException assertUnfinished(Profiles profile, String password) throws Exception {
    Future<SshSession> login = connect(profile, password);
    assertThat(login.await(30, TimeUnit.SECONDS)).isTrue();
    SshException failure = (SshException) login.cause();
    assertThat(failure.failure()).as(failure.getMessage()).isEqualTo(SshFailure.LOGIN_UNFINISHED);
    return failure;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ed25519-encrypted", "ecdsa256", "rsa"})
  void aKeyLogsIn(String name) throws Exception {
    ssh.authorizes(TestKeys.publicKey(name));

    logIn(
        Profiles.with(PUBLICKEY)
            .keys(TestKeys.file(name, directory))
            .passphrase(TestKeys.PASSPHRASE),
        Optional.empty());

    assertThat(ssh.seen()).hasSize(2).allMatch(seen -> seen.endsWith(":right"));
  }

  @Test
  void keyThenKeyboardInteractiveThenPassword() throws Exception {
    ssh.password("secret")
        .authorizes(TestKeys.publicKey("rsa"))
        .rounds(Round.asking(), Round.asking("Password: "))
        .requires("publickey,keyboard-interactive,password");

    logIn(
        Profiles.with(PUBLICKEY, KEYBOARD_INTERACTIVE, PASSWORD)
            .keys(TestKeys.file("ed25519", directory), TestKeys.file("rsa", directory)),
        Optional.of(new Password("secret".getBytes(StandardCharsets.UTF_8))));

    assertThat(ssh.seen())
        .containsExactly(
            "publickey:ssh-ed25519:wrong",
            "publickey:ssh-rsa:right",
            "publickey:ssh-rsa:right",
            "keyboard-interactive",
            "answers:[]",
            "answers:[secret]",
            "password:secret");
  }
}
