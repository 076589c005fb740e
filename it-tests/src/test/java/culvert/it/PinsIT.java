package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What was once tunnelled is not led into plaintext by blocking the way to its SSH server. Every
 * rule here has {@code fallback: plain}.
 */
@RealPeers
@AnyTransport
class PinsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  @Test
  void aStoppedSshdLeadsOnceTunnelledJobsIntoNoPlaintextUntilTheyAreUnpinned() throws Exception {
    try (Culvert culvert = Culvert.start(config())) {
      Run<String> tunnelled = culvert.curl().text(url());
      assertThat(tunnelled.exitCode()).as(tunnelled.errors()).isZero();
      awaitPin("127.0.0.1");
      peers.sshd().stop();

      Run<String> refused = culvert.curl().text(url());
      assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(97);
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(5);
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);

      assertThat(commandLine("unpin", "127.0.0.1:" + peers.vsftpd().port()))
          .isEqualTo(new Run<>(0, "unpinned 127.0.0.1:" + peers.vsftpd().port() + "\n", ""));
      Run<String> plain = culvert.curl().text(url());
      assertThat(plain.exitCode()).as(plain.errors()).isZero();
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(2);

      peers.sshd().restart();
      assertThat(culvert.curl().text(url()).exitCode()).isZero();
      awaitPin("127.0.0.1");
    }
  }

  @Test
  void withoutAPinAStoppedSshdLeadsIntoPlaintext() throws Exception {
    peers.sshd().stop();
    try (Culvert culvert = Culvert.start(config())) {
      logIn(culvert.ftp(peers.vsftpd().port()));
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);
      assertThat(peers.directory().resolve("state/pins")).doesNotExist();
    }
  }

  @Test
  void pinsOutliveTheProcessAndHoldForABlackHole() throws Exception {
    tunnelOnce(config(), "127.0.0.1");
    try (BlackHole blackHole = BlackHole.open();
        Culvert culvert =
            Culvert.start(
                config().profile("port", blackHole.port()).profile("connect-timeout", "200ms"))) {
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(6);
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);
    }
  }

  @Test
  void pinsHoldWhereTheNameOfTheSshServerIsUnknown() throws Exception {
    tunnelOnce(config(), "127.0.0.1");
    try (Culvert culvert = Culvert.start(config().profile("host", "nowhere.invalid"))) {
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(4);
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);
    }
  }

  @Test
  void pinsHoldWhereSomethingElseAnswersAndTheClientIsToldHowToUnpin() throws Exception {
    tunnelOnce(config(), "127.0.0.1");
    try (RealVsftpd other = RealVsftpd.start();
        Culvert culvert = Culvert.start(config().profile("port", other.port()));
        FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .startsWith("421 culvert: ssh server 127.0.0.1:" + other.port() + ": ")
          .endsWith(
              " (pinned: no plaintext; culvert unpin 127.0.0.1:" + peers.vsftpd().port() + ")");
      assertThat(ftp.atEnd()).isTrue();
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);
    }
  }

  @Test
  void whatAVerifiedServerRefusesStillFallsBack() throws Exception {
    tunnelOnce(config(), "127.0.0.1");
    try (RealSshd strict = RealSshd.start("DenyUsers " + TestAccount.USER);
        RealSshd noForwards = RealSshd.start("AllowTcpForwarding no")) {
      for (RealSshd refusing : List.of(strict, noForwards)) {
        TestConfig config =
            peers.config(refusing).top("pin-tunnelled", true).rule("fallback", "plain");
        try (Culvert culvert = Culvert.start(config)) {
          logIn(culvert.ftp(peers.vsftpd().port()));
        }
      }
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(3);
    }
  }

  @Test
  void namesArePinnedInAnySpellingAndByTheirAddresses() throws Exception {
    tunnelOnce(config(), "LocalHost.");
    assertThat(pins())
        .singleElement()
        .asString()
        .startsWith("localhost:" + peers.vsftpd().port() + " ");
    peers.sshd().stop();
    try (Culvert culvert = Culvert.start(config())) {
      assertThat(culvert.socks().code("localhost", peers.vsftpd().port())).isEqualTo(5);
      logIn(
          culvert
              .socks()
              .ftp("127.0.0.1", peers.vsftpd().port())); // the gateway may know it otherwise
    }
    peers.sshd().restart();
    tunnelOnce(config(), "127.0.0.1");
    commandLine("unpin", "localhost:" + peers.vsftpd().port());
    peers.sshd().stop();
    try (Culvert culvert = Culvert.start(config())) {
      assertThat(culvert.socks().code("localhost", peers.vsftpd().port())).isEqualTo(5);
    }
  }

  @Test
  void anAddressByWhichARuleHasDecidedOrAnSshServerWasReachedIsPinnedToo() throws Exception {
    TestConfig ruled = config().match("network: 127.0.0.0/8, port: " + peers.vsftpd().port());
    tunnelOnce(ruled, "localhost");
    assertThat(pins())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("127.0.0.1:" + peers.vsftpd().port()));
    Files.delete(peers.directory().resolve("state/pins"));

    String known = peers.sshd().knownHostsLine().replace("127.0.0.1", "localhost");
    TestConfig itself =
        TestConfig.tunnel(peers.directory(), peers.sshd().port(), peers.vsftpd().port(), known)
            .profile("host", "\"\"")
            .top("pin-tunnelled", true)
            .rule("fallback", "plain");
    tunnelOnce(itself, "localhost");
    assertThat(pins())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("127.0.0.1:" + peers.vsftpd().port()));
  }

  @Test
  void aDestinationOfUserAtHostIsPinned() throws Exception {
    TestConfig config = config().rule("user-at-host", true);
    try (Culvert culvert = Culvert.start(config)) {
      FtpDialogue ftp = culvert.socks().ftp("proxy.invalid", peers.vsftpd().port());
      ftp.reply();
      assertThat(ftp.login(TestAccount.USER + "@127.0.0.1:" + peers.vsftpd().port(), password()))
          .startsWith("230 ");
      ftp.close();
      awaitPin("127.0.0.1");
      peers.sshd().stop();

      FtpDialogue again = culvert.socks().ftp("proxy.invalid", peers.vsftpd().port());
      again.reply();
      assertThat(again.login(TestAccount.USER + "@127.0.0.1:" + peers.vsftpd().port(), password()))
          .startsWith("421 culvert: ssh server ")
          .contains("(pinned: no plaintext; culvert unpin 127.0.0.1:");
      again.close();
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(1);
    }
  }

  @Test
  void aTunnelForAnyTcpIsPinnedWhereItMayFallBack() throws Exception {
    Files.writeString(peers.directory().resolve("password"), password());
    TestConfig config =
        config()
            .rule("action", "tunnel")
            .profile("user", TestAccount.USER)
            .profile("authentication", "[password]")
            .profile("password", "\"${file:" + peers.directory().resolve("password") + "}\"");
    try (Culvert culvert = Culvert.start(config.rule("fallback", "none"))) {
      greeting(culvert);
    }
    assertThat(peers.directory().resolve("state/pins")).doesNotExist();
    try (Culvert culvert = Culvert.start(config.rule("fallback", "plain"))) {
      greeting(culvert);
      awaitPin("127.0.0.1");
      peers.sshd().stop();

      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(5);
      assertThat(peers.vsftpd().controlConnections()).isEqualTo(2);
    }
  }

  @Test
  void twoProcessesShareTheirPinsAndReloadsSwitchThem() throws Exception {
    Path file = config().write();
    try (CulvertProcess one = CulvertProcess.run(file, peers.directory().resolve("one.log"));
        CulvertProcess other = CulvertProcess.run(file, peers.directory().resolve("other.log"))) {
      logIn(Socks5.through(one.port()).ftp("127.0.0.1", peers.vsftpd().port()));
      awaitPin("127.0.0.1");
      peers.sshd().stop();
      assertThat(Socks5.through(other.port()).code("127.0.0.1", peers.vsftpd().port()))
          .isEqualTo(5);

      config().top("pin-tunnelled", false).write();
      other.signal("HUP");
      awaitLog(other, "configuration reloaded", 1);
      logIn(Socks5.through(other.port()).ftp("127.0.0.1", peers.vsftpd().port()));

      config().write();
      other.signal("HUP");
      awaitLog(other, "configuration reloaded", 2);
      assertThat(Socks5.through(other.port()).code("127.0.0.1", peers.vsftpd().port()))
          .isEqualTo(5);
      assertThat(other.log()).contains("(pinned: no plaintext; culvert unpin 127.0.0.1:");

      assertThat(commandLine("pins").output())
          .startsWith("127.0.0.1:" + peers.vsftpd().port() + " ")
          .endsWith(" 127.0.0.1:" + peers.sshd().port() + "\n");
      assertThat(commandLine("unpin", "127.0.0.1:" + peers.vsftpd().port()).exitCode()).isZero();
      for (CulvertProcess process : List.of(one, other)) {
        logIn(Socks5.through(process.port()).ftp("127.0.0.1", peers.vsftpd().port()));
      }
    }
  }

  @Test
  void aStateDirectoryThatCannotBeMadeKeepsItFromStartingWherePinsOrATrailAreOn() throws Exception {
    Path state = peers.directory().resolve("state");
    Files.writeString(state, "in the way");
    config().write();
    Run<String> pins = commandLine("run");
    assertThat(pins.exitCode()).isEqualTo(1);
    assertThat(pins.errors()).contains("culvert: state-directory: " + state + ": ");

    config().top("pin-tunnelled", false).write();
    Run<String> trail = commandLine("run");
    assertThat(trail.exitCode()).isEqualTo(1);
    assertThat(trail.errors())
        .contains(
            "culvert: audit: "
                + state.resolve("audit.jsonl")
                + " cannot be written: a file is there");

    Path file = config().top("pin-tunnelled", false).top("audit", "off").write();
    CulvertProcess.run(file, peers.directory().resolve("log")).close();
  }

  private TestConfig config() throws IOException {
    return peers.config().top("pin-tunnelled", true).rule("fallback", "plain");
  }

  /** With a Culvert of its own, which has ended then. */
  private void tunnelOnce(TestConfig config, String host) throws Exception {
    int before = pins().size();
    try (Culvert culvert = Culvert.start(config)) {
      logIn(culvert.socks().ftp(host, peers.vsftpd().port()));
      await("one more pin").atMost(DEADLINE).until(() -> pins().size() > before);
    }
  }

  private static void logIn(FtpDialogue ftp) throws IOException {
    try (ftp) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, password())).isEqualTo("230 Login successful.");
    }
  }

  private void greeting(Culvert culvert) throws IOException {
    try (FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
      assertThat(ftp.reply()).startsWith("220 ");
    }
  }

  private void awaitPin(String host) {
    Instant now = Instant.now();
    await("the pin of " + host)
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(pins())
                    .anySatisfy(
                        line -> {
                          String[] words = line.split(" ", -1);
                          assertThat(words[0]).isEqualTo(host + ":" + peers.vsftpd().port());
                          assertThat(Instant.parse(words[1]))
                              .isBetween(now.minusSeconds(600), now.plusSeconds(60));
                          assertThat(words[2]).isEqualTo("127.0.0.1:" + peers.sshd().port());
                        }));
  }

  /** None, before the first one is written. */
  private List<String> pins() throws IOException {
    if (Files.notExists(peers.directory().resolve("state/pins"))) {
      return List.of();
    }
    try (var lines = Files.lines(peers.directory().resolve("state/pins"))) {
      return lines.filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static void awaitLog(CulvertProcess process, String text, int times) {
    await(text)
        .atMost(DEADLINE)
        .until(() -> process.log().lines().filter(line -> line.contains(text)).count() == times);
  }

  /** A command of Culvert with this configuration, run to its end. */
  private Run<String> commandLine(String command, String... arguments) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(command, "-c", peers.directory().resolve("culvert.yaml").toString()));
    line.addAll(List.of(arguments));
    if (Files.notExists(peers.directory().resolve("culvert.yaml"))) {
      config().write();
    }
    Path out = peers.directory().resolve("command.out");
    Path err = peers.directory().resolve("command.err");
    Process process =
        CulvertProcess.builder(line)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run<>(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private static String password() {
    return TestAccount.password();
  }

  private String url() {
    return "ftp://127.0.0.1:" + peers.vsftpd().port() + "/";
  }
}
