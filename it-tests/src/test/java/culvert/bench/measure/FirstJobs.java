package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import java.util.List;
import java.util.Map;

/** Jobs of one small file for which an SSH session has to be made first. */
public final class FirstJobs implements Measure {
  private static final int JOBS_A_ROUND = 3;
  private static final int WARM_UPS = 6;

  private final Rig rig;
  private final Rounds rounds;

  public FirstJobs(Rig rig, Rounds rounds) {
    this.rig = rig;
    this.rounds = rounds.times(JOBS_A_ROUND);
  }

  @Override
  public List<Row> rows() throws Exception {
    try (Proxies proxies = rig.open()) {
      ProxyUnderTest culvert =
          proxies.culvert(proxies.tunnelTo(rig.site().port()).profile("idle-timeout", "0s"));
      Map<String, List<Double>> found =
          rounds.of(
              "first jobs",
              WARM_UPS,
              List.of(
                  new Contender<>(Proxies.SSH, () -> withNewSession(this::bySsh)),
                  new Contender<>(culvert.name(), () -> withNewSession(() -> by(culvert)))));
      return List.of(
          Row.beside(
                  "first-job",
                  "first job with a new SSH session, ms",
                  new Samples(found.get(culvert.name())),
                  "new " + Proxies.SSH,
                  new Samples(found.get(Proxies.SSH)),
                  Comparison.DIFFERENCE)
              .to(Target.comparedAtMost(20, 0)));
    }
  }

  private double by(ProxyUnderTest culvert) throws Exception {
    return SmallJobs.millis(rig.site(), rig.site().through(culvert));
  }

  /** From the start of ssh, which is ended when the time has been taken. */
  private double bySsh() throws Exception {
    long start = System.nanoTime();
    try (Proxies own = rig.open()) {
      ProxyUnderTest ssh = own.ssh();
      double toListener = (System.nanoTime() - start) / 1e6;
      return toListener + SmallJobs.millis(rig.site(), rig.site().through(ssh));
    }
  }

  private double withNewSession(Rounds.Trial<Double> job) throws Exception {
    int before = rig.sshLogins();
    double millis = job.run();
    if (rig.sshLogins() == before) {
      throw new IllegalStateException("the job went over a session that was there already");
    }
    return millis;
  }
}
