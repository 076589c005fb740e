package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.CulvertConfig;
import culvert.config.ListenerConfig;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a running Culvert: the table by its configuration, and beside it one for the data of
 * its sessions, which nobody else may change. That one captures whoever has been captured since the
 * start, for a session may be of before a reload.
 *
 * @param since who that is
 */
record CaptureRules(CapturePlan plan, CapturePlan ofData, CaptureConfig since) {

  /**
   * Those of a configuration with a section {@code capture}. Blocks.
   *
   * @param listeners those that are bound
   * @param before whom earlier ones have captured
   * @throws IOException it cannot be, for what the configuration says
   */
  static CaptureRules of(
      CulvertConfig config,
      List<ListenerConfig> listeners,
      CaptureHost host,
      Optional<CaptureConfig> before)
      throws IOException {
    CaptureConfig capture = config.capture().orElseThrow();
    CaptureConfig since = both(before.orElse(capture), capture);
    long own = host.ownUser();
    CaptureScope scope = host.look(capture, own).scope();
    CaptureScope ever =
        since.equals(both(capture, capture)) ? scope : host.look(since, own).scope();
    try {
      return new CaptureRules(
          CapturePlan.of(config, listeners, scope),
          CapturePlan.ofData(since, listeners, ever.toAnywhere()),
          since);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** To whatever destination. */
  private static CaptureConfig both(CaptureConfig earlier, CaptureConfig now) {
    return new CaptureConfig(
        union(earlier.users(), now.users()),
        union(earlier.groups(), now.groups()),
        union(earlier.cgroups(), now.cgroups()),
        earlier.everybody() || now.everybody(),
        union(earlier.forwarded(), now.forwarded()),
        List.of(),
        List.of(),
        earlier.local() || now.local(),
        now.onCrash());
  }

  private static <T> List<T> union(List<T> some, List<T> more) {
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** Whether the table of data would be the same. */
  boolean hasDataOf(CaptureRules other) {
    return ofData.text().equals(other.ofData.text());
  }

  /** Whether the other table would be. */
  boolean hasPlanOf(CaptureRules other) {
    return plan.text().equals(other.plan.text());
  }
}
