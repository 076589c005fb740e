package culvert.filter;

import culvert.config.PortRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The ports of one rule. */
final class PortSet {
  private static final PortRange ALL = new PortRange(1, 65535);

  private final List<PortRange> merged = new ArrayList<>();

  PortSet(List<PortRange> ranges) {
    ranges.stream().sorted(Comparator.comparingInt(PortRange::first)).forEach(this::merge);
  }

  private void merge(PortRange range) {
    PortRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
    if (last == null || range.first() > last.last() + 1) {
      merged.add(range);
    } else if (range.last() > last.last()) {
      merged.set(merged.size() - 1, new PortRange(last.first(), range.last()));
    }
  }

  /** Whether every port is in the set: there is no condition. */
  boolean isUnconditional() {
    return merged.isEmpty() || merged.get(0).equals(ALL);
  }

  boolean contains(int port) {
    return isUnconditional() || merged.stream().anyMatch(range -> range.contains(port));
  }

  /** Whether every port of {@code other} is one of these. */
  boolean covers(PortSet other) {
    return isUnconditional()
        || (!other.isUnconditional() && other.merged.stream().allMatch(this::containsAll));
  }

  private boolean containsAll(PortRange other) {
    return merged.stream()
        .anyMatch(range -> range.first() <= other.first() && other.last() <= range.last());
  }

  IntStream stream() {
    return merged.stream()
        .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()));
  }

  /** How many ports these are. */
  int size() {
    return merged.stream().mapToInt(range -> range.last() - range.first() + 1).sum();
  }
}
