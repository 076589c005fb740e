package culvert.bench.measure;

import culvert.bench.figures.Row;
import culvert.bench.figures.Target;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import java.util.List;
import java.util.Optional;

/** Through SSH: {@code ftp-tunnel} beside {@code ssh -D} with the same cipher. */
public final class TunnelThroughput implements Measure {
  private final Rig rig;
  private final Throughput throughput;

  /**
   * @param bytes of one stream alone
   */
  public TunnelThroughput(Rig rig, Rounds rounds, int bytes) {
    this.rig = rig;
    this.throughput = new Throughput("tunnel", rounds, rig.site(), bytes);
  }

  @Override
  public List<Row> rows() throws Exception {
    try (Proxies proxies = rig.open()) {
      ProxyUnderTest culvert = proxies.culvert(proxies.tunnelTo(rig.site().port()));
      throughput.warmUp(culvert);
      return throughput.rows(List.of(culvert, proxies.ssh()), new Reach());
    }
  }

  private static final class Reach implements Throughput.Targets {
    @Override
    public Optional<Target> rate(String other, Direction direction, int streams) {
      if (direction == Direction.UPLOAD) {
        return streams == 1 ? Optional.of(Target.comparedAtLeast(1.15, 1.2)) : Optional.empty();
      }
      return Optional.of(Target.comparedAtLeast(1.1, streams == 1 ? 1.2 : 1.3));
    }

    @Override
    public Optional<Target> cpu(String other, Direction direction, int streams) {
      if (direction == Direction.UPLOAD) {
        return streams == 1 ? Optional.of(Target.comparedAtMost(0.75, 0.7)) : Optional.empty();
      }
      return Optional.of(
          streams == 1 ? Target.comparedAtMost(0.95, 0.8) : Target.comparedAtMost(1.0, 0.85));
    }
  }
}
