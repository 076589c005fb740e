package culvert.it;

import static culvert.it.TestFile.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.bench.rig.DelayingRelay;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A line to sshd with a long round trip: what counts is how much of a download is on it at once.
 */
@RealPeers
@AnyTransport
class LongLineIT {
  private static final Duration ROUND_TRIP = Duration.ofMillis(300);
  private static final long LARGE = 100L * MIB;
  private static final long SMALL = 15L * MIB;

  /** What a window of that size, and a little, has on the line at most. */
  private static final long TWO_MEBIBYTES = 2 * MIB + MIB / 2;

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();
  private DelayingRelay relay;

  @BeforeEach
  void start() throws IOException {
    relay = DelayingRelay.to(peers.sshd().port());
    relay.roundTrip(ROUND_TRIP);
  }

  @AfterEach
  void close() {
    relay.close();
  }

  private String knownByRelay() throws IOException {
    int port = peers.sshd().port();
    return peers.sshd().knownHostsLine().replace("]:" + port + " ", "]:" + relay.port() + " ");
  }

  private TestConfig throughTheLine() throws IOException {
    return TestConfig.tunnel(
        peers.directory(), relay.port(), peers.vsftpd().port(), knownByRelay());
  }

  private void download(long bytes, String yaml) throws IOException {
    TestFile file = TestFile.create(peers.home().resolve("file"), bytes);
    try (Culvert culvert = Culvert.start(yaml)) {
      Run<Sha256> down = culvert.curl().digest(peers.url("file"));
      assertThat(down).isEqualTo(new Run<>(0, file.content(), ""));
    }
  }

  @Test
  void aDownloadFillsTheLine() throws Exception {
    download(LARGE, throughTheLine().yaml());
    assertThat(relay.mostOnTheWay()).isGreaterThan(3 * TWO_MEBIBYTES);
  }

  @Test
  void aSmallWindowBoundsWhatIsOnTheLine() throws Exception {
    download(SMALL, throughTheLine().top("limits", "{ channel-window: 2MiB }").yaml());
    assertThat(relay.mostOnTheWay()).isBetween(MIB / 2L, TWO_MEBIBYTES);
  }

  @Test
  void aShortBudgetWithholdsGrowth() throws Exception {
    download(SMALL, throughTheLine().top("limits", "{ buffered: 4MiB }").yaml());
    assertThat(relay.mostOnTheWay()).isBetween(MIB / 2L, TWO_MEBIBYTES);
  }

  @Test
  void aDownloadThroughAHopFillsTheLineToTheHop() throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("key"));
    RealSshd inner = peers.add(RealSshd.start());
    peers.sshd().authorize(key.publicLine());
    String hop =
        ("host: 127.0.0.1, port: %d, user: %s, authentication: publickey, identity-file: %s,"
                + " strict-host-key-checking: yes, known-hosts: %s, connect-timeout: 20s,"
                + " login-timeout: 20s, idle-timeout: 2s")
            .formatted(
                relay.port(),
                TestAccount.USER,
                key.path(),
                peers.directory().resolve("known_hosts"));
    download(
        LARGE,
        TestConfig.tunnel(
                peers.directory(),
                inner.port(),
                peers.vsftpd().port(),
                knownByRelay(),
                inner.knownHostsLine())
            .profile("proxy-jump", "[hop]")
            .alsoProfile("hop", hop)
            .yaml());
    assertThat(relay.mostOnTheWay()).isGreaterThan(3 * TWO_MEBIBYTES);
  }
}
