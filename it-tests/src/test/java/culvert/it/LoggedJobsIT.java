package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator reads at the default level. */
@AnyTransport
class LoggedJobsIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private TestConfig config;
  private CulvertProcess culvert;

  @BeforeEach
  void start() throws Exception {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    Files.writeString(ftpServer.root().resolve("file"), "content");
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
    config =
        TestConfig.tunnel(
                peers.directory(), sshServer.port(), ftpServer.port(), sshServer.knownHostsLine())
            .rule("fallback", "plain")
            .rule("fallback-on", "[unreachable]");
  }

  private void run(String... options) throws Exception {
    culvert = CulvertProcess.run(config.write(), peers.directory().resolve("log"), options);
  }

  @AfterEach
  void stop() {
    culvert.close();
  }

  /** In one process, which takes a while to start. */
  @Test
  void jobsAreToldAsTheyEnd() throws Exception {
    run();
    aTunnelledJobIsOneLine();
    aRefusedLoginIsAWarningAndNoCompletedJob();
    sshServer.restartWithNewHostKey();
    aChangedHostKeyIsAWarningWithBothKeysEvenIfNobodyHasLoggedIn();
    sshServer.stop();
    plaintextIsAWarningAtOnceAndAtTheEnd();
  }

  private void aTunnelledJobIsOneLine() throws Exception {
    try (FtpDialogue ftp = ftp()) {
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      download(ftp);
    }

    logged(
        "INFO  .*127\\.0\\.0\\.1:\\d+ -> amy@127\\.0\\.0\\.1:%d: SSH amy@127\\.0\\.0\\.1:%d;"
                .formatted(ftpServer.port(), sshServer.port())
            + " 0 bytes up, 1 file, 7 bytes down; \\d+\\.\\d s; ok"
            + " code=CV1001 job=[0-9a-f]{12} listener=socks rule=jobs reason=completed");
    assertThat(log().lines().filter(line -> line.contains(" -> "))).hasSize(1);
    assertThat(log()).doesNotContain(" WARN ");
  }

  private void aRefusedLoginIsAWarningAndNoCompletedJob() throws Exception {
    try (FtpDialogue ftp = ftp()) {
      assertThat(ftp.login("amy", "wrong")).startsWith("530 ");
      assertThat(ftp.send("QUIT")).startsWith("221 ");
    }

    logged("WARN  .*: REFUSED \\(login\\): SSH login as amy at 127\\.0\\.0\\.1 refused.*; to mend");
    logged("INFO  .*: refused \\(login\\); .*; refused code=CV1001 .* reason=upstream-failed");
  }

  private void aChangedHostKeyIsAWarningWithBothKeysEvenIfNobodyHasLoggedIn() throws Exception {
    try (FtpDialogue ftp = ftp()) {
      logged(
          "WARN  host key of .* changed \\(expected \\w+ SHA256:\\S+, \\S+known_hosts:1;"
              + " got \\w+ SHA256:\\S+\\): not sending credentials; if its administrator confirms"
              + " the key that it shows: culvert trust -c \\S+ --replace( --profile \\S+)?"
              + " 127\\.0\\.0\\.1:"
              + sshServer.port());
      assertThat(ftp.login("amy", "secret")).startsWith("530 culvert: host key of ");
    }

    logged("WARN  .* -> .*: REFUSED \\(host-key\\): host key of .* changed");
    logged("INFO  .* -> amy@.*: refused \\(host-key\\); .*; refused code=CV1001");
    assertThat(log()).containsOnlyOnce("reason=completed"); // the first job
  }

  private void plaintextIsAWarningAtOnceAndAtTheEnd() throws Exception {
    try (FtpDialogue ftp = ftp()) {
      assertThat(ftp.login("amy", "secret")).startsWith("230 ");
      logged("WARN  .*: PLAINTEXT \\(unreachable\\): no tunnel: .*connection refused.*; to mend");
      download(ftp);
    }

    logged("WARN  .* -> amy@.*: PLAINTEXT \\(unreachable\\); 0 bytes up, 1 file, 7 bytes down; ");
  }

  @Test
  void anUnknownHostKeyIsNoStackTraceOfALibrary() throws Exception {
    Files.writeString(config.knownHosts(), "");
    run("-vv");

    try (FtpDialogue ftp = ftp()) {
      assertThat(ftp.login("amy", "secret")).startsWith("530 culvert: host key of ");
    }

    logged("WARN  .*: REFUSED \\(host-key\\): host key of .* is unknown \\(\\w+ SHA256:\\S+\\)");
    logged("INFO  .*: refused \\(host-key\\); ");
    assertThat(culvert.log().lines().filter(line -> line.contains(" WARN "))).hasSize(1);
    assertThat(culvert.log().lines().filter(line -> line.startsWith("\t"))).isEmpty();
  }

  private FtpDialogue ftp() throws IOException {
    FtpDialogue ftp = Socks5.through(culvert.port()).ftp("127.0.0.1", ftpServer.port());
    assertThat(ftp.reply()).startsWith("220 ");
    return ftp;
  }

  private void download(FtpDialogue ftp) throws IOException {
    Socks5 socks = Socks5.through(culvert.port());
    try (Socket data = socks.connect("127.0.0.1", ftp.passivePort())) {
      assertThat(ftp.send("RETR file")).startsWith("150 ");
      assertThat(data.getInputStream().readAllBytes()).hasSize("content".length());
    }
    assertThat(ftp.reply()).startsWith("226 ");
    assertThat(ftp.send("QUIT")).startsWith("221 ");
  }

  private void logged(String line) {
    Pattern pattern = Pattern.compile("(?m)^\\d{4}-\\d\\d-\\d\\dT\\S+Z " + line);
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(log()).containsPattern(pattern));
  }

  private String log() {
    try {
      return culvert.log();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
