package culvert.it.kex;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.RealPeers;
import culvert.ssh.SshSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys are exchanged again and again while twenty channels are busy in both directions and others
 * come and go: every byte arrives, every channel ends as it should, and no window leaks.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RekeyUnderLoadIT {
  private static final Logger log = LoggerFactory.getLogger(RekeyUnderLoadIT.class);
  private static final int CHANNELS = 20;
  private static final int BYTES = 256 * 1024;
  private static final int MORE_THAN_A_WINDOW = 5 << 20;
  private static final long TINY = 64 * 1024;
  private static final long NEVER = 1L << 40;

  /** Longer than any exchange takes, even on a busy machine. */
  private static final long LONG_STALL_MILLIS = 2000;

  private static final String BY_VOLUME = "rekey-limit: 64KiB";
  private static final String BY_TIME = "rekey-limit: 1TiB 1s";
  private static final String BY_THE_SERVER = "rekey-limit: 1TiB";

  @Test
  @RealPeers
  void byUsByVolumeWithOpenSsh() throws Exception {
    volume(KexServer.openSsh(), BY_VOLUME);
  }

  @Test
  @RealPeers
  void byOpenSshByVolume() throws Exception {
    volume(KexServer.openSsh("RekeyLimit 64K"), BY_THE_SERVER);
  }

  @Test
  @RealPeers
  void byBothByVolumeWithOpenSsh() throws Exception {
    volume(KexServer.openSsh("RekeyLimit 64K"), BY_VOLUME);
  }

  @Test
  void byUsByVolumeWithMina() throws Exception {
    volume(KexServer.embedded(NEVER, Duration.ZERO), BY_VOLUME);
  }

  @Test
  void byMinaByVolume() throws Exception {
    volume(KexServer.embedded(TINY, Duration.ZERO), BY_THE_SERVER);
  }

  @Test
  void byBothByVolumeWithMina() throws Exception {
    volume(KexServer.embedded(TINY, Duration.ZERO), BY_VOLUME);
  }

  @Test
  @RealPeers
  void byUsByTimeWithOpenSsh() throws Exception {
    time(KexServer.openSsh(), BY_TIME);
  }

  @Test
  @RealPeers
  void byBothByTimeWithOpenSsh() throws Exception {
    time(KexServer.openSsh("RekeyLimit 1G 1"), BY_TIME);
  }

  @Test
  void byMinaByTime() throws Exception {
    time(KexServer.embedded(NEVER, Duration.ofSeconds(1)), BY_THE_SERVER);
  }

  private static void volume(KexServer server, String limit) throws Exception {
    run(server, limit, 1, CHANNELS * BYTES / (int) TINY / 4);
  }

  private static void time(KexServer server, String limit) throws Exception {
    run(server, limit, Integer.MAX_VALUE, 4);
  }

  /** Loads a session until enough keys were exchanged, and at least so much. */
  private static void run(KexServer server, String limit, int rounds, int enough) throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    try (server;
        OneLoop loop = new OneLoop()) {
      SshSession session =
          loop.connect(
                  loop.server(server.port(), limit + ", authentication: password"), server.login())
              .get(60, TimeUnit.SECONDS);
      loop.watchStalls();
      long start = System.nanoTime();
      int round = 0;
      do {
        load(loop, session, pool, 1 + 1000L * round);
        round++;
      } while (round < rounds && server.keyExchanges() < enough);
      double seconds = (System.nanoTime() - start) / 1e9;
      log.info(
          "{}, {}: {} key exchanges, {} MiB each way in {} s, longest stall of the loop {} ms",
          server.login().user(),
          limit,
          server.keyExchanges(),
          (round * CHANNELS * BYTES) >> 20,
          seconds,
          loop.longestStallMillis());

      assertThat(server.keyExchanges()).isGreaterThanOrEqualTo(enough);
      assertThat(loop.longestStallMillis()).isLessThan(LONG_STALL_MILLIS);
      Load.start(loop, session, MORE_THAN_A_WINDOW, 77, pool).verify(100);
      session.release();
    } finally {
      pool.shutdownNow();
    }
  }

  private static void load(OneLoop loop, SshSession session, ExecutorService pool, long seed)
      throws Exception {
    List<Load> busy = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      busy.add(Load.start(loop, session, BYTES, seed + i, pool));
    }
    for (int i = 0; i < CHANNELS / 2; i++) {
      Load.start(loop, session, 1000, seed + CHANNELS + i, pool).verify(100);
    }
    for (Load each : busy) {
      each.verify(100);
    }
  }
}
