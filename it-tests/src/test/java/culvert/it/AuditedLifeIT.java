package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import culvert.proxy.audit.TrailCheck;
import culvert.proxy.audit.TrailReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The audit trail of a Culvert that is reloaded, killed in the middle of a line, and begun anew.
 */
@RealPeers
class AuditedLifeIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int JOBS = 24;

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private Path trail() {
    return peers.directory().resolve("state").resolve("audit.jsonl");
  }

  private CulvertProcess culvert() throws Exception {
    Path yaml = peers.directory().resolve("culvert.yaml");
    Files.writeString(
        yaml,
        """
        listeners:
          - { name: door, socks: '127.0.0.1:0', users: { joe: canary-of-socks } }
          - { name: socks, socks: '127.0.0.1:0' }
        profiles:
          gate: { host: 127.0.0.1, port: %1$d, known-hosts: %2$s, strict-host-key-checking: yes }
        rules: [{ name: jobs, match: { port: %3$d }, action: ftp-tunnel, profile: gate }]
        ftp: { ports: [%3$d] }
        pin-tunnelled: false
        state-directory: %4$s
        audit: { rotate: 64KiB }
        """
            .formatted(
                peers.sshd().port(),
                peers.config().knownHosts(),
                peers.vsftpd().port(),
                trail().getParent()));
    return CulvertProcess.run(yaml, peers.directory().resolve("log"));
  }

  private FtpDialogue login(CulvertProcess culvert) throws IOException {
    FtpDialogue ftp = Socks5.through(culvert.port()).ftp("127.0.0.1", peers.vsftpd().port());
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    return ftp;
  }

  private List<JsonNode> events(String kind) throws IOException {
    return AuditTrails.events(trail(), kind);
  }

  @Test
  void nothingOfWhatWasToldIsLostByAKill() throws Exception {
    TestFile.create(peers.home().resolve("down"), 7_000);
    TestFile.create(peers.home().resolve("big"), 50 * TestFile.MIB);
    String wrong = "canary-of-ssh";
    try (CulvertProcess culvert = culvert()) {
      CurlClient curl =
          CurlClient.through(
              "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password());
      long whole =
          IntStream.range(0, JOBS)
              .parallel()
              .filter(
                  i -> {
                    reloadOnce(culvert, i);
                    return curl.digest(peers.url("down")).exitCode() == 0;
                  })
              .count();
      assertThat(whole).isEqualTo(JOBS);
      CurlClient refused =
          CurlClient.through("--socks5-hostname", culvert.port(), TestAccount.USER, wrong);
      assertThat(refused.digest(peers.url("down")).exitCode()).isNotZero();
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(events("job.ended")).hasSize(JOBS + 1));
      oddCommands(culvert);
      try (FtpDialogue ftp = login(culvert);
          Socket data = Socks5.through(culvert.port()).connect("127.0.0.1", ftp.passivePort())) {
        assertThat(ftp.send("RETR " + peers.home().getFileName() + "/big")).startsWith("150 ");
        assertThat(data.getInputStream().readNBytes(10_000)).hasSize(10_000);
        culvert.signal("KILL");
        assertThat(culvert.exitCode()).isNotZero();
      }
    }
    Files.writeString(trail(), "{\"v\":1,\"time\":\"20", StandardOpenOption.APPEND);
    try (CulvertProcess culvert = culvert()) {
      login(culvert).close();
      culvert.signal("TERM");
      assertThat(culvert.exitCode()).isZero();
    }

    assertChainIsWhole();
    assertThat(events("start")).hasSize(2);
    assertThat(events("stop")).hasSize(1);
    assertThat(
            events("job.ended").stream()
                .filter(job -> job.path("files").path("down").asInt() == 1)
                .mapToLong(job -> job.path("bytes").path("down").asLong())
                .sum())
        .isEqualTo(JOBS * 7_000L);
    assertThat(everything())
        .doesNotContain("canary-of", TestAccount.password())
        .contains("ftp://joe:***@host/x");
  }

  private static void reloadOnce(CulvertProcess culvert, int job) {
    if (job == JOBS / 2) {
      try {
        culvert.signal("HUP");
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private void oddCommands(CulvertProcess culvert) throws Exception {
    try (FtpDialogue ftp = login(culvert);
        Socket data = Socks5.through(culvert.port()).connect("127.0.0.1", ftp.passivePort())) {
      assertThat(data.isConnected()).isTrue();
      ftp.send("SITE CHPASS canary-of-site");
      ftp.send("ACCT canary-of-account");
      ftp.send("RETR ftp://joe:canary-of-url@host/x");
      ftp.send("QUIT");
    }
  }

  /** With the line in its middle that is no event. */
  private void assertChainIsWhole() throws IOException {
    TrailCheck check = new TrailCheck();
    TrailReader.of(trail()).read(check::line);
    assertThat(check.faults()).isEmpty();
    assertThat(check.boots()).isEqualTo(2);
  }

  private String everything() throws IOException {
    StringBuilder all = new StringBuilder();
    TrailReader.of(trail())
        .read(line -> all.append(new String(line.octets(), StandardCharsets.UTF_8)).append('\n'));
    return all.toString();
  }
}
