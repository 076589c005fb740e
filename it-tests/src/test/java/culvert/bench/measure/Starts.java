package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.Rig;
import java.util.List;
import java.util.Map;

/**
 * From the start of a process to the line that says it is ready; of {@code ssh -D}, to its
 * listener, which comes after the login.
 */
public final class Starts implements Measure {
  private static final int STARTS_A_ROUND = 2;

  private final Rig rig;
  private final Rounds rounds;

  public Starts(Rig rig, Rounds rounds) {
    this.rig = rig;
    this.rounds = rounds.times(STARTS_A_ROUND);
  }

  /** Starts one proxy. */
  private interface Start {
    void on(Proxies proxies) throws Exception;
  }

  @Override
  public List<Row> rows() throws Exception {
    Map<String, List<Double>> found =
        rounds.of(
            "starts",
            1,
            List.of(
                new Contender<>(Proxies.SSH, () -> seconds(Proxies::ssh)),
                new Contender<>(
                    Proxies.CULVERT,
                    () ->
                        seconds(proxies -> proxies.culvert(proxies.tunnelTo(rig.site().port()))))));
    return List.of(
        Row.beside(
                "start",
                "start to ready, s",
                new Samples(found.get(Proxies.CULVERT)),
                Proxies.SSH,
                new Samples(found.get(Proxies.SSH)),
                Comparison.RATIO)
            .to(Target.culvertAtMost(1.0, 0.5)));
  }

  private double seconds(Start start) throws Exception {
    try (Proxies proxies = rig.open()) {
      long begin = System.nanoTime();
      start.on(proxies);
      return (System.nanoTime() - begin) / 1e9;
    }
  }
}
