package culvert.it.kex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.FaultyRelay;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.ssh.SshException;
import culvert.ssh.SshSession;
import culvert.testing.EmbeddedSshServer;
import culvert.testing.EmbeddedSshServer.Silence;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A peer freezes in the middle of a key exchange under load: the other sessions of its event loop
 * go on, it is noticed, and its channels break off rather than end.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrozenKeyExchangeIT {
  private static final int MIB = 1 << 20;

  /** More than can pass before the peer is frozen. */
  private static final int ENDLESS = 1 << 30;

  private static final long LONG_STALL_MILLIS = 2000;
  private static final String WATCHED =
      "rekey-limit: 64KiB, server-alive-interval: 1s, server-alive-count-max: 1,"
          + " authentication: password";

  private final ExecutorService pool = Executors.newCachedThreadPool();
  private OneLoop loop;

  @BeforeEach
  void open() throws Exception {
    loop = new OneLoop();
  }

  @AfterEach
  void close() throws Exception {
    loop.close();
    pool.shutdownNow();
  }

  @Test
  @RealPeers
  void behindARelayThatStops() throws Exception {
    try (KexServer sshd = KexServer.openSsh();
        FaultyRelay relay = FaultyRelay.to(sshd.port())) {
      SshSession frozen =
          loop.connect(loop.server(relay.port(), WATCHED), sshd.login()).get(60, TimeUnit.SECONDS);
      Load load = Load.start(loop, frozen, ENDLESS, 1, pool);
      int before = sshd.keyExchanges();
      await().atMost(Duration.ofSeconds(60)).until(() -> sshd.keyExchanges() > before);
      // We go on to write, and so at the latest the next exchange is ours, and stays unanswered.
      relay.freeze();

      othersGoOnAndItIsNoticed(sshd.port(), sshd.login(), frozen, load);
    }
  }

  @Test
  @RealPeers
  void sshdThatIsStopped() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        KexServer other = KexServer.openSsh()) {
      SshSession frozen =
          loop.connect(loop.server(sshd.port(), WATCHED), other.login()).get(60, TimeUnit.SECONDS);
      Load load = Load.start(loop, frozen, ENDLESS, 1, pool);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> sshd.count("SSH2_MSG_NEWKEYS received") > 1);
      sshd.freezeSessions(); // the next exchange stays unanswered, as above
      try {
        othersGoOnAndItIsNoticed(other.port(), other.login(), frozen, load);
      } finally {
        sshd.thawSessions();
      }
    }
  }

  @Test
  void serverThatFallsSilent() throws Exception {
    try (EmbeddedSshServer server = EmbeddedSshServer.start(Map.of("batch", "secret"));
        EmbeddedSshServer other = EmbeddedSshServer.start(Map.of("batch", "secret"))) {
      OneLoop.Login login = new OneLoop.Login("batch", "secret");
      SshSession frozen =
          loop.connect(loop.server(server.port(), WATCHED), login).get(60, TimeUnit.SECONDS);
      Load first = Load.start(loop, frozen, MIB, 1, pool);
      first.verify(60);
      Load load = Load.start(loop, frozen, ENDLESS, 2, pool);
      server.silence(Silence.DURING_KEY_EXCHANGE);

      othersGoOnAndItIsNoticed(other.port(), login, frozen, load);
    }
  }

  private void othersGoOnAndItIsNoticed(int port, OneLoop.Login login, SshSession frozen, Load load)
      throws Exception {
    loop.watchStalls();
    SshSession other =
        loop.connect(loop.server(port, "authentication: password"), login)
            .get(60, TimeUnit.SECONDS);
    for (int i = 0; i < 5; i++) {
      Load.start(loop, other, MIB, 10 + i, pool).verify(60);
    }
    assertThat(loop.longestStallMillis()).isLessThan(LONG_STALL_MILLIS);

    SshException reason = frozen.ended().get(60, TimeUnit.SECONDS);
    // Whichever looks first: neither waits longer than the profile says.
    assertThat(reason)
        .hasMessageMatching(".*session ended: (key exchange not finished|no sign of life .*)");
    assertThatThrownBy(() -> load.verify(30))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SshException.class);
    Load.start(loop, other, MIB, 99, pool).verify(60);
    other.release();
  }
}
