package culvert.bench.measure;

import culvert.bench.figures.Row;
import culvert.bench.figures.Target;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import java.util.List;
import java.util.Optional;

/** Without SSH: Culvert as a relay beside proxies that are nothing else. */
public final class DirectThroughput implements Measure {
  private static final String DANTE = "dante";

  private final Rig rig;
  private final Throughput throughput;

  /**
   * @param bytes of one stream alone
   */
  public DirectThroughput(Rig rig, Rounds rounds, int bytes) {
    this.rig = rig;
    this.throughput = new Throughput("direct", rounds, rig.site(), bytes);
  }

  @Override
  public List<Row> rows() throws Exception {
    try (Proxies proxies = rig.open()) {
      ProxyUnderTest culvert = proxies.directCulvert();
      throughput.warmUp(culvert);
      return throughput.rows(List.of(culvert, proxies.dante(), proxies.microsocks()), new Reach());
    }
  }

  private static final class Reach implements Throughput.Targets {
    @Override
    public Optional<Target> rate(String other, Direction direction, int streams) {
      return other.equals(DANTE) && streams == 1
          ? Optional.of(Target.comparedAtLeast(1.3, 1.5))
          : Optional.empty();
    }

    @Override
    public Optional<Target> cpu(String other, Direction direction, int streams) {
      return other.equals(DANTE) && streams == 1
          ? Optional.of(Target.comparedAtMost(0.65, 0.5))
          : Optional.empty();
    }
  }
}
