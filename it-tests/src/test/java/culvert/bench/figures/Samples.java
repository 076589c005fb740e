package culvert.bench.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;

/** The values of one thing, one of each round, in the order of the rounds; never none. */
public record Samples(List<Double> values) {
  public Samples {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no samples (expected: one of each round)");
    }
    values = List.copyOf(values);
  }

  public static Samples of(double... values) {
    return new Samples(Arrays.stream(values).boxed().toList());
  }

  /** One value of each. */
  public static <T> Samples of(Collection<T> each, ToDoubleFunction<T> value) {
    return new Samples(each.stream().map(one -> value.applyAsDouble(one)).toList());
  }

  /** The middle one; of an even number the mean of the two in the middle. */
  public double median() {
    List<Double> sorted = sorted();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /**
   * The smallest value that is no less than this part of all values.
   *
   * @param part 0..1, such as 0.99
   */
  public double quantile(double part) {
    List<Double> sorted = sorted();
    int rank = (int) Math.ceil(part * sorted.size());
    return sorted.get(Math.max(1, rank) - 1);
  }

  public double min() {
    return sorted().get(0);
  }

  public double max() {
    return quantile(1);
  }

  /** Round by round. */
  public Samples dividedBy(Samples other) {
    return with(other, (mine, others) -> mine / others);
  }

  /** Round by round. */
  public Samples minus(Samples other) {
    return with(other, (mine, others) -> mine - others);
  }

  private Samples with(Samples other, DoubleBinaryOperator operator) {
    if (values.size() != other.values.size()) {
      throw new IllegalArgumentException(
          values.size() + " rounds and " + other.values.size() + " (expected: as many of each)");
    }
    List<Double> result = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      result.add(operator.applyAsDouble(values.get(i), other.values.get(i)));
    }
    return new Samples(result);
  }

  private List<Double> sorted() {
    return values.stream().sorted().toList();
  }
}
