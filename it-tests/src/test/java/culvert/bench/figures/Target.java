package culvert.bench.figures;

/**
 * What is to be reached.
 *
 * @param of what is held against it
 * @param least what it has to be
 * @param aim what it should become
 */
public record Target(Of of, Sense sense, double least, double aim) {

  /** A row's median that is held against a target. */
  public enum Of {
    /** What the comparison with the other program says. */
    COMPARISON,
    /** Culvert's own value. */
    CULVERT
  }

  /** Which values are good. */
  public enum Sense {
    AT_LEAST("≥ "),
    AT_MOST("≤ ");

    private final String sign;

    Sense(String sign) {
      this.sign = sign;
    }
  }

  /** The comparison is at least this. */
  public static Target comparedAtLeast(double least, double aim) {
    return new Target(Of.COMPARISON, Sense.AT_LEAST, least, aim);
  }

  /** The comparison is at most this. */
  public static Target comparedAtMost(double most, double aim) {
    return new Target(Of.COMPARISON, Sense.AT_MOST, most, aim);
  }

  /** Culvert's own value is at most this. */
  public static Target culvertAtMost(double most, double aim) {
    return new Target(Of.CULVERT, Sense.AT_MOST, most, aim);
  }

  /** Whether the value is what it has to be. */
  public boolean isMetBy(double value) {
    return sense == Sense.AT_LEAST ? value >= least : value <= least;
  }

  String sign() {
    return sense.sign;
  }
}
