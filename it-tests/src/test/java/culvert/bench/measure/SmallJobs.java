package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.FtpSite;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import culvert.it.peers.CurlClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Jobs of one small file, each a client process of its own, over an SSH session that is there. */
public final class SmallJobs implements Measure {
  static final int FILE_BYTES = 4096;

  private static final int JOBS_A_ROUND = 8;
  private static final int WARM_UPS = 20;
  private static final String PLAIN = "plain FTP";

  private final Rig rig;
  private final Rounds rounds;

  public SmallJobs(Rig rig, Rounds rounds) {
    this.rig = rig;
    this.rounds = rounds.times(JOBS_A_ROUND);
  }

  @Override
  public List<Row> rows() throws Exception {
    FtpSite site = rig.site();
    try (Proxies proxies = rig.open()) {
      ProxyUnderTest culvert = proxies.culvert(proxies.tunnelTo(site.port()));
      ProxyUnderTest ssh = proxies.ssh();
      Map<String, List<Double>> found =
          rounds.of(
              "small-file jobs",
              WARM_UPS,
              List.of(
                  new Contender<>(PLAIN, () -> millis(site, site.directly())),
                  new Contender<>(ssh.name(), () -> millis(site, site.through(ssh))),
                  new Contender<>(culvert.name(), () -> millis(site, site.through(culvert)))));
      Samples plain = new Samples(found.get(PLAIN));
      Samples byCulvert = new Samples(found.get(culvert.name()));
      Samples bySsh = new Samples(found.get(ssh.name()));
      return List.of(
          Row.beside(
              "small-job",
              "small-file job, warm session, ms",
              byCulvert,
              ssh.name(),
              bySsh,
              Comparison.RATIO),
          Row.beside(
                  "small-job-over-plain",
                  "small-file job over plain FTP, ms",
                  byCulvert,
                  PLAIN,
                  plain,
                  Comparison.DIFFERENCE)
              .to(Target.comparedAtMost(10, 5)),
          Row.beside(
              "small-job-ssh-over-plain",
              "the same for `ssh -D`, ms",
              bySsh,
              PLAIN,
              plain,
              Comparison.DIFFERENCE));
    }
  }

  /** How long a job takes, from the start of its process to its end. */
  static double millis(FtpSite site, CurlClient curl) throws Exception {
    Path file = site.file(FILE_BYTES);
    long start = System.nanoTime();
    Transfer.download(curl, site.url(file.getFileName().toString()), FILE_BYTES);
    return (System.nanoTime() - start) / 1e6;
  }
}
