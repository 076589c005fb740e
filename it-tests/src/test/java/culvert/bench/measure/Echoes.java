package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import culvert.it.peers.FtpDialogue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long a NOOP and its reply take on a control connection, while sixteen downloads run. */
public final class Echoes implements Measure {
  private static final Duration TIME = Duration.ofSeconds(4);
  private static final long PAUSE_MILLIS = 2;
  private static final int WARM_UPS = 1;

  private final Rig rig;
  private final Rounds rounds;
  private final int bytes;

  /**
   * @param bytes of each of the sixteen downloads
   */
  public Echoes(Rig rig, Rounds rounds, int bytes) {
    this.rig = rig;
    this.rounds = rounds;
    this.bytes = bytes;
  }

  @Override
  public List<Row> rows() throws Exception {
    try (Proxies proxies = rig.open()) {
      ProxyUnderTest culvert = proxies.culvert(proxies.tunnelTo(rig.site().port()));
      ProxyUnderTest ssh = proxies.ssh();
      Map<String, List<Samples>> found =
          rounds.of(
              "control echo under 16 streams",
              WARM_UPS,
              List.of(
                  new Contender<>(ssh.name(), () -> millis(ssh)),
                  new Contender<>(culvert.name(), () -> millis(culvert))));
      List<Samples> byCulvert = found.get(culvert.name());
      List<Samples> bySsh = found.get(ssh.name());
      return List.of(
          row("p50", 0.5, byCulvert, bySsh),
          row("p99", 0.99, byCulvert, bySsh).to(Target.culvertAtMost(10, 3)),
          row("max", 1, byCulvert, bySsh));
    }
  }

  private static Row row(String word, double part, List<Samples> culvert, List<Samples> ssh) {
    return Row.beside(
        "echo-" + word,
        "control echo under 16 streams, " + word + ", ms",
        Samples.of(culvert, echoes -> echoes.quantile(part)),
        Proxies.SSH,
        Samples.of(ssh, echoes -> echoes.quantile(part)),
        Comparison.RATIO);
  }

  private Samples millis(ProxyUnderTest proxy) throws Exception {
    List<Double> echoes = new ArrayList<>();
    try (FtpDialogue ftp = ControlConnections.login(proxy, rig.site().port());
        Load load = Load.start(rig.site(), proxy, bytes)) {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() < end) {
        long sent = System.nanoTime();
        String reply = ftp.send("NOOP");
        echoes.add((System.nanoTime() - sent) / 1e6);
        if (!reply.startsWith("200")) {
          throw new IOException("NOOP was answered: " + reply);
        }
        load.check();
        Thread.sleep(PAUSE_MILLIS);
      }
    }
    return new Samples(echoes);
  }
}
