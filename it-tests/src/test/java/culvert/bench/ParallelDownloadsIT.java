package culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.Culvert;
import culvert.it.Peers;
import culvert.it.TestConfig;
import culvert.it.TestFile;
import culvert.it.peers.CurlClient;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a second SSH connection is worth to two downloads at the same time. The throughput is
 * printed, and only their ratio means anything; what is asserted is which connections they used.
 */
@RealPeers
@AnyTransport
class ParallelDownloadsIT {
  private static final int MEBIBYTES = Integer.getInteger("culvert.bench.mebibytes", 200);
  private static final int ROUNDS = Integer.getInteger("culvert.bench.rounds", 3);

  @RegisterExtension final Peers peers = new Peers().withVsftpd();

  @BeforeEach
  void start() throws IOException {
    TestFile.create(peers.home().resolve("file"), (long) MEBIBYTES * TestFile.MIB);
  }

  @Test
  void twoDownloadsOverOneConnectionAndOverTwo() throws Exception {
    try (RealSshd oneSshd = RealSshd.start();
        RealSshd twoSshd = RealSshd.start();
        Culvert one = start(oneSshd, 1);
        Culvert two = start(twoSshd, 2)) {
      twoDownloads(one);
      twoDownloads(two); // all code is compiled now
      double[] overOne = new double[ROUNDS];
      double[] overTwo = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        overOne[round] = twoDownloads(one);
        overTwo[round] = twoDownloads(two);
      }
      assertThat(oneSshd.count("Accepted password")).isEqualTo(1);
      assertThat(twoSshd.count("Accepted password")).isEqualTo(2);
      System.out.printf(
          "2 downloads of %d MiB at once: %.0f MiB/s over 1 SSH connection, %.0f over 2: x %.2f%n",
          MEBIBYTES, median(overOne), median(overTwo), median(overTwo) / median(overOne));
    }
  }

  private Culvert start(RealSshd sshd, int connections) throws IOException {
    Path own = Files.createDirectory(peers.directory().resolve("with-" + connections));
    return Culvert.start(
        TestConfig.tunnel(own, sshd.port(), peers.vsftpd().port(), sshd.knownHostsLine())
            .profile("connections", connections)
            .profile("idle-timeout", "10m"));
  }

  /** Returns MiB/s of both together. */
  private double twoDownloads(Culvert culvert) {
    CurlClient curl = culvert.curl();
    String url = peers.url("file");
    long start = System.nanoTime();
    List<CompletableFuture<Run<String>>> downloads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      downloads.add(CompletableFuture.supplyAsync(() -> curl.text("--output", "/dev/null", url)));
    }
    for (CompletableFuture<Run<String>> each : downloads) {
      assertThat(each.join()).isEqualTo(new Run<>(0, "", ""));
    }
    return 2e9 * MEBIBYTES / (System.nanoTime() - start);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
