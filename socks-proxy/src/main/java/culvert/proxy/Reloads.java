package culvert.proxy;

import culvert.config.CulvertConfig;
import culvert.proxy.admin.Health;
import culvert.proxy.capture.Capture;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** How the configuration was last taken over. Thread-safe. */
final class Reloads {
  private final CulvertConfig started;
  private final InstantSource clock;
  private volatile Last last;

  /**
   * The last attempt.
   *
   * @param succeeded when one did
   * @param needsRestart sections in which the file, as it was taken last, differs from what runs
   */
  private record Last(boolean successful, Instant succeeded, List<String> needsRestart) {}

  /** The daemon has begun with that. */
  Reloads(CulvertConfig started, InstantSource clock) {
    this.started = started;
    this.clock = clock;
    this.last = new Last(true, clock.instant(), List.of());
  }

  /**
   * That was taken over, as far as it can be.
   *
   * @return the sections that differ and need a restart
   */
  List<String> taken(CulvertConfig changed) {
    List<String> restart = new ArrayList<>();
    addIfChanged(restart, "listeners", started.listeners(), changed.listeners());
    addIfChanged(restart, "limits", started.limits(), changed.limits());
    addIfChanged(restart, "admin", started.admin(), changed.admin());
    addIfChanged(restart, "state-directory", started.stateDirectory(), changed.stateDirectory());
    addIfChanged(restart, "audit", started.audit(), changed.audit());
    if (!Capture.canBecome(started, changed)) {
      restart.add("capture");
    }
    last = new Last(true, clock.instant(), List.copyOf(restart));
    return restart;
  }

  private static void addIfChanged(List<String> changes, String section, Object was, Object is) {
    if (!was.equals(is)) {
      changes.add(section);
    }
  }

  /** What was to be taken over could not be: the one before holds. */
  void failed() {
    Last before = last;
    last = new Last(false, before.succeeded(), before.needsRestart());
  }

  boolean isSuccessful() {
    return last.successful();
  }

  /** When a configuration was taken, at the start or later. */
  Instant succeeded() {
    return last.succeeded();
  }

  boolean needsRestart() {
    return !last.needsRestart().isEmpty();
  }

  Health health(Health.Service service) {
    Last now = last;
    return new Health(service, !now.successful(), now.needsRestart());
  }
}
