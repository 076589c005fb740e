package culvert.ssh.mina.auth;

import static culvert.config.AuthMethod.KEYBOARD_INTERACTIVE;
import static culvert.config.AuthMethod.PASSWORD;
import static culvert.config.AuthMethod.PUBLICKEY;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.SshException;
import culvert.ssh.mina.TracedLog;
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
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With every logger at TRACE, no secret shows: not as text, not as a hex dump. */
@Timeout(120)
class CanaryTest {
  private static final String CANARY = "kanarienvogel";

  @TempDir Path directory;
  private final TracedLog log = new TracedLog();

  @AfterEach
  void stopTracing() {
    log.close();
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
    assertThat(log.lines()).anyMatch(line -> line.startsWith(CarefulSession.class.getName()));
    assertThat(log.lines()).filteredOn(shows(secret)).isEmpty();
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
  void aPasswordInTheUsersNameShowsNowhere() throws Exception {
    for (String user : List.of("joe:" + CANARY, "joe:21 " + CANARY + "@host")) {
      try (LoginFixture ssh = new LoginFixture().password("right")) {
        assertRepeatsNothing(ssh, ssh.loginAs(user, Profiles.with(PASSWORD), new byte[] {'x'}));
      }
    }
    assertSilentAbout(CANARY.getBytes(StandardCharsets.US_ASCII));
  }

  /** The server's words are meant for people, and people write them into logs and replies. */
  @Test
  void aPasswordThatTheServerRepeatsShowsNowhere() throws Exception {
    String password = "wrong " + CANARY;
    try (LoginFixture ssh = new LoginFixture().password("right")) {
      ssh.rounds(Round.asking("Password: "), Round.asking("Not " + password + " but: "));
      assertRepeatsNothing(ssh, ssh.login(Profiles.with(KEYBOARD_INTERACTIVE), password));
      ssh.remarks("Is it " + password + "?").offersAlso(password);
      assertRepeatsNothing(ssh, ssh.login(Profiles.with(PASSWORD), password));
      ssh.disconnects("Away with " + password);
      assertRepeatsNothing(ssh, ssh.login(Profiles.with(PASSWORD), password));
    }
    assertSilentAbout(CANARY.getBytes(StandardCharsets.US_ASCII));
  }

  private static void assertRepeatsNothing(LoginFixture ssh, Optional<SshException> failure) {
    assertThat(stackTrace(failure.orElseThrow())).doesNotContain(CANARY);
    assertThat(ssh.course()).doesNotContain(CANARY);
  }

  @Test
  void whatChannelsCarryShowsNowhere() throws Exception {
    byte[] canary = CANARY.getBytes(StandardCharsets.US_ASCII);
    try (LoginFixture ssh = new LoginFixture().dumpInOnePiece()) {
      ssh.password("right").swallowsCommands();
      ssh.loginAndSend("right", canary);
    }
    assertThat(log.serverLines()).as("the server dumps what it reads").anyMatch(shows(canary));
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
