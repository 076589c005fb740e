package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FaultyRelay;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.testing.EmbeddedFtpServer;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between Culvert and the SSH server is slow, breaks, or falls silent. */
class FaultyNetworkIT {
  private static final Map<String, String> USERS = Map.of("amy", "secret");
  private static final long LENGTH = 8L * TestFile.MIB;
  private static final int TIMES = 10;

  @RegisterExtension final Peers peers = new Peers();
  private EmbeddedFtpServer ftpServer;
  private EmbeddedSshServer sshServer;
  private FaultyRelay network;
  private TestFile file;

  @BeforeEach
  void start() throws IOException {
    ftpServer = peers.add(EmbeddedFtpServer.start(peers.directory().resolve("files"), USERS));
    sshServer = peers.add(EmbeddedSshServer.start(USERS));
    network = peers.add(FaultyRelay.to(sshServer.port()));
    file = TestFile.create(ftpServer.root().resolve("file"), LENGTH);
  }

  @Test
  void aResetAnywhereInADownloadIsNeverAWholeFile() throws Exception {
    long seed = Long.getLong("culvert.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Culvert culvert = Culvert.start(config())) {
      for (int round = 0; round < TIMES; round++) {
        long bytes = (long) (random.nextDouble() * LENGTH);
        network.resetAfter(bytes);
        Run<Sha256> run = curl(culvert).digest(url("file"));

        assertThat(run.exitCode())
            .as("reset after %d bytes, seed %d: %s", bytes, seed, run)
            .isNotZero();
      }
      network.resetAfter(Long.MAX_VALUE);
      assertThat(curl(culvert).digest(url("file"))).isEqualTo(new Run<>(0, file.content(), ""));
    }
  }

  @Test
  void aResetAnywhereInAnUploadIsAnErrorOfTheClient() throws Exception {
    long seed = Long.getLong("culvert.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Culvert culvert = Culvert.start(config())) {
      for (int round = 0; round < TIMES; round++) {
        long bytes = (long) (random.nextDouble() * LENGTH);
        network.resetAfter(bytes);
        Run<String> run =
            curl(culvert).text("--upload-file", file.path().toString(), url("arrived"));

        assertThat(run.exitCode())
            .as("reset after %d bytes, seed %d: %s", bytes, seed, run)
            .isNotZero();
      }
    }
  }

  @Test
  void aSlowNetworkOnlyTakesLonger() throws Exception {
    network.delay(Duration.ofMillis(10));
    try (Culvert culvert = Culvert.start(config())) {
      Run<Sha256> down = curl(culvert).digest(url("file"));
      Run<String> up = curl(culvert).text("--upload-file", file.path().toString(), url("arrived"));

      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
      assertThat(up).isEqualTo(new Run<>(0, "", ""));
      assertThat(Sha256.of(ftpServer.root().resolve("arrived"))).isEqualTo(file.content());
    }
  }

  @Test
  void silenceInTheMiddleIsNoticedAndTheNextJobGetsANewConnection() throws Exception {
    TestConfig config =
        config().profile("server-alive-interval", "1s").profile("server-alive-count-max", 2);
    Path copy = peers.directory().resolve("copy");
    try (Culvert culvert = Culvert.start(config)) {
      assertThat(curl(culvert).text("--list-only", url("")).exitCode()).isZero();
      network.freeze(); // the SSH connection stands, kept for the next job
      Run<String> run = curl(culvert).text("--output", copy.toString(), url("file"));
      assertThat(run.exitCode()).as(run.toString()).isNotZero();
      assertThat(Files.notExists(copy) || Files.size(copy) < LENGTH).isTrue();

      network.reset();
      network.thaw();
      assertThat(curl(culvert).digest(url("file"))).isEqualTo(new Run<>(0, file.content(), ""));
    }
  }

  private TestConfig config() throws IOException {
    String bare = sshServer.knownHostsLine();
    String key = bare.substring(bare.indexOf(' '));
    return TestConfig.tunnel(
        peers.directory(), network.port(), ftpServer.port(), "[127.0.0.1]:" + network.port() + key);
  }

  private CurlClient curl(Culvert culvert) {
    return CurlClient.through("--socks5-hostname", culvert.port(), "amy", "secret");
  }

  private String url(String name) {
    return "ftp://127.0.0.1:" + ftpServer.port() + "/" + name;
  }
}
