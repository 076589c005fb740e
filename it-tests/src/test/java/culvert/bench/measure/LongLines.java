package culvert.bench.measure;

import culvert.bench.figures.Comparison;
import culvert.bench.figures.Row;
import culvert.bench.figures.Samples;
import culvert.bench.figures.Target;
import culvert.bench.measure.Rounds.Contender;
import culvert.bench.rig.DelayingRelay;
import culvert.bench.rig.FtpSite;
import culvert.bench.rig.Proxies;
import culvert.bench.rig.ProxyUnderTest;
import culvert.bench.rig.Rig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Transfers over a line to sshd with a long round trip, and with room for any rate. */
public final class LongLines implements Measure {
  private static final int[] ROUND_TRIP_MILLIS = {20, 50, 100};
  private static final int SMALLEST = 16 * FtpSite.MEGABYTE;
  private static final int GROWTH = 4;

  /** What a transfer takes at least, so that its beginning does not count for much. */
  private static final double SECONDS = 1.5;

  private final Rig rig;
  private final Rounds rounds;
  private final Transfers transfers;
  private final int largest;

  /**
   * @param largest of a transfer, in bytes
   */
  public LongLines(Rig rig, Rounds rounds, int largest) {
    this.rig = rig;
    this.rounds = rounds;
    this.transfers = new Transfers(rig.site());
    this.largest = largest;
  }

  @Override
  public List<Row> rows() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int millis : ROUND_TRIP_MILLIS) {
      try (DelayingRelay relay = DelayingRelay.to(rig.sshPort());
          Proxies proxies = rig.open()) {
        ProxyUnderTest culvert = proxies.culvert(proxies.tunnelTo(rig.site().port(), relay.port()));
        ProxyUnderTest ssh = proxies.ssh(relay.port());
        for (Direction direction : Direction.values()) {
          relay.roundTrip(Duration.ZERO);
          transfers.run(culvert, direction, 1, largest); // for the compilers
          relay.roundTrip(Duration.ofMillis(millis));
          rows.add(row(culvert, ssh, direction, millis));
        }
      }
    }
    return rows;
  }

  private Row row(ProxyUnderTest culvert, ProxyUnderTest ssh, Direction direction, int millis)
      throws Exception {
    int byCulvert = size(culvert, direction);
    int bySsh = size(ssh, direction);
    String what = direction.word() + " at " + millis + " ms of round trip";
    Map<String, List<Rate>> found =
        rounds.of(
            what,
            0, // finding the size was it
            List.of(
                new Contender<>(
                    culvert.name(), () -> transfers.run(culvert, direction, 1, byCulvert)),
                new Contender<>(ssh.name(), () -> transfers.run(ssh, direction, 1, bySsh))));
    Row row =
        Row.beside(
            direction.word() + "-" + millis + "ms",
            what + ", MB/s",
            Samples.of(found.get(culvert.name()), Rate::megabytesPerSecond),
            ssh.name(),
            Samples.of(found.get(ssh.name()), Rate::megabytesPerSecond),
            Comparison.RATIO);
    return millis < 100
        ? row
        : row.to(
            direction == Direction.DOWNLOAD
                ? Target.comparedAtLeast(4, 4)
                : Target.comparedAtLeast(1, 1));
  }

  /** How much takes long enough, or as much as there may be. */
  private int size(ProxyUnderTest proxy, Direction direction) throws Exception {
    int size = Math.min(SMALLEST, largest);
    while (size < largest && seconds(transfers.run(proxy, direction, 1, size), size) < SECONDS) {
      size = Math.min(size * GROWTH, largest);
    }
    return size;
  }

  private static double seconds(Rate rate, int bytes) {
    return bytes / 1e6 / rate.megabytesPerSecond();
  }
}
