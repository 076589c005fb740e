package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.KEYBOARD_INTERACTIVE;
import static culvert.config.AuthMethod.PASSWORD;
import static culvert.config.AuthMethod.PUBLICKEY;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import culvert.ssh.SshException;
import culvert.ssh.mina.auth.LoginFixture.Round;
import culvert.ssh.mina.kex.CarefulSession;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** With every logger at TRACE, no secret shows: not as text, not as a hex dump. */
@Timeout(120)
class CanaryTest {
  private static final String CANARY = "kanarienvogel";

  @TempDir Path directory;
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final Recorder recorder = new Recorder();

  /** Our lines, and those of the embedded server, which shows what dumps look like. */
  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<String> serverLines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      boolean server = event.getLoggerName().startsWith("org.apache.sshd.server");
      (server ? serverLines : lines)
          .add(
              event.getLoggerName()
                  + " "
                  + event.getFormattedMessage()
                  + ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
  }

  @BeforeEach
  void traceEverything() {
    root.detachAndStopAllAppenders();
    recorder.start();
    root.addAppender(recorder);
    root.setLevel(Level.TRACE);
  }

  @AfterEach
  void restore() {
    root.detachAppender(recorder);
    root.setLevel(before);
  }

  private static String stackTrace(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Hex dumps put separators between octets and break lines. */
  private static String withoutSeparators(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-f]", "");
  }

  private static Predicate<String> shows(byte[] secret) {
    String text = new String(secret, StandardCharsets.ISO_8859_1);
    String hex = HexFormat.of().formatHex(secret);
    return line -> line.contains(text) || withoutSeparators(line).contains(hex);
  }

  private void assertSilentAbout(byte[] secret) {
    assertThat(recorder.lines).anyMatch(line -> line.startsWith(CarefulSession.class.getName()));
    assertThat(recorder.lines).noneMatch(shows(secret));
  }

  @Test
  void passwordsShowNowhere() throws Exception {
    try (LoginFixture ssh = new LoginFixture().dumpInOnePiece()) {
      ssh.password("right " + CANARY).rounds(Round.asking("Password: "));
      for (var method : List.of(PASSWORD, KEYBOARD_INTERACTIVE)) {
        assertThat(ssh.login(Profiles.with(method), "right " + CANARY)).isEmpty();
        Optional<SshException> refused = ssh.login(Profiles.with(method), "wrong " + CANARY);
        assertThat(stackTrace(refused.orElseThrow())).doesNotContain(CANARY);
        assertThat(ssh.course()).doesNotContain(CANARY);
        ssh.login(Profiles.with(method).password("configured " + CANARY));
      }
      assertThat(ssh.seen()).anyMatch(seen -> seen.contains(CANARY));
    }
    assertSilentAbout(CANARY.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void whatChannelsCarryShowsNowhere() throws Exception {
    byte[] canary = CANARY.getBytes(StandardCharsets.US_ASCII);
    try (LoginFixture ssh = new LoginFixture().dumpInOnePiece()) {
      ssh.password("right").swallowsCommands();
      ssh.loginAndSend("right", canary);
    }
    assertThat(recorder.serverLines).as("the server dumps what it reads").anyMatch(shows(canary));
    assertSilentAbout(canary);
  }

  @Test
  void passphrasesAndPrivateKeysShowNowhere() throws Exception {
    try (LoginFixture ssh = new LoginFixture().dumpInOnePiece()) {
      Path plain = TestKeys.file("ed25519", directory);
      for (Path key :
          List.of(
              plain,
              TestKeys.file("ed25519-encrypted", directory),
              TestKeys.file("rsa-pkcs1-encrypted", directory),
              TestKeys.file("ecdsa-pkcs8-encrypted", directory))) {
        ssh.login(Profiles.with(PUBLICKEY).keys(key).passphrase(TestKeys.PASSPHRASE));
        ssh.login(Profiles.with(PUBLICKEY).keys(key).passphrase(CANARY));
      }
      List<String> pem = Files.readAllLines(plain);
      assertSilentAbout(pem.get(2).substring(0, 40).getBytes(StandardCharsets.US_ASCII));
      assertSilentAbout(TestKeys.seed("ed25519"));
    }
    assertSilentAbout(CANARY.getBytes(StandardCharsets.US_ASCII));
    assertSilentAbout(TestKeys.PASSPHRASE.getBytes(StandardCharsets.US_ASCII));
  }
}
