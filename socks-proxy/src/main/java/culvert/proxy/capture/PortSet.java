package culvert.proxy.capture;

import culvert.config.Action;
import culvert.config.CulvertConfig;
import culvert.config.PortRange;
import culvert.config.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Ports, in ascending order and without overlap.
 *
 * @param ranges none: no port
 */
record PortSet(List<PortRange> ranges) {

  PortSet {
    ranges = merged(ranges);
  }

  /**
   * Those at which connections are captured: what rules name that tunnel or block, and the ports of
   * FTP, those of {@code direct} too, for the audit trail is to see such jobs.
   */
  static PortSet of(CulvertConfig config) {
    List<PortRange> all = new ArrayList<>(config.ftp().ports());
    for (Rule rule : config.rules()) {
      all.addAll(rule.ftp().ports());
      if (rule.action() != Action.DIRECT) {
        all.addAll(rule.match().ports());
      }
    }
    return new PortSet(all);
  }

  private static List<PortRange> merged(List<PortRange> ranges) {
    List<PortRange> merged = new ArrayList<>();
    for (PortRange next :
        ranges.stream().sorted(Comparator.comparingInt(PortRange::first)).toList()) {
      PortRange last = merged.isEmpty() ? next : merged.get(merged.size() - 1);
      if (merged.isEmpty() || next.first() > last.last() + 1) {
        merged.add(next);
      } else {
        merged.set(
            merged.size() - 1, new PortRange(last.first(), Math.max(last.last(), next.last())));
      }
    }
    return List.copyOf(merged);
  }

  boolean contains(int port) {
    return ranges.stream().anyMatch(range -> range.contains(port));
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** As nft has it. */
  @Override
  public String toString() {
    return ranges.stream()
        .map(r -> r.first() == r.last() ? "" + r.first() : r.first() + "-" + r.last())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }
}
