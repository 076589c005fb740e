package culvert.bench.figures;

/** How Culvert's values are set beside another program's, round by round. */
public enum Comparison {
  RATIO {
    @Override
    Samples of(Samples culvert, Samples other) {
      return culvert.dividedBy(other);
    }

    @Override
    String text(double value) {
      return Numbers.hundredths(value) + " x";
    }
  },

  /** In the unit of the values. */
  DIFFERENCE {
    @Override
    Samples of(Samples culvert, Samples other) {
      return culvert.minus(other);
    }

    @Override
    String text(double value) {
      return Numbers.signed(value);
    }
  };

  abstract Samples of(Samples culvert, Samples other);

  abstract String text(double value);
}
