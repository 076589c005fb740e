package culvert.bench.figures;

import java.util.Optional;

/**
 * A line of the table.
 *
 * @param name for programs that read the results, such as {@code download-16-rate}
 * @param what for people, with the unit behind a comma
 * @param beside another program in the same rounds
 * @param target what is to be reached, where something is
 */
public record Row(
    String name, String what, Samples culvert, Optional<Beside> beside, Optional<Target> target) {

  /** Another program. */
  public record Beside(String program, Samples samples, Comparison comparison) {}

  public Row {
    if (beside.isEmpty() && target.stream().anyMatch(one -> one.of() == Target.Of.COMPARISON)) {
      throw new IllegalArgumentException(name + ": its target is a comparison, with nothing");
    }
  }

  /** Culvert alone. */
  public static Row alone(String name, String what, Samples culvert) {
    return new Row(name, what, culvert, Optional.empty(), Optional.empty());
  }

  /** Culvert beside another program. */
  public static Row beside(
      String name,
      String what,
      Samples culvert,
      String program,
      Samples samples,
      Comparison comparison) {
    return new Row(
        name,
        what,
        culvert,
        Optional.of(new Beside(program, samples, comparison)),
        Optional.empty());
  }

  /** The same row with something to reach. */
  public Row to(Target reach) {
    return new Row(name, what, culvert, beside, Optional.of(reach));
  }

  /** Round by round, if there is another program. */
  public Optional<Samples> compared() {
    return beside.map(other -> other.comparison().of(culvert, other.samples()));
  }

  /** Whether what has to be reached is reached; empty: nothing has to be. */
  public Optional<Boolean> met() {
    return target.map(one -> one.isMetBy(held(one).median()));
  }

  private Samples held(Target one) {
    return one.of() == Target.Of.CULVERT ? culvert : compared().orElseThrow();
  }
}
