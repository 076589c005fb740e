package culvert.proxy.admin;

import java.util.List;

/**
 * How the daemon is.
 *
 * @param reloadFailed the configuration could not be taken over: the one before holds
 * @param needsRestart sections of the configuration that only a restart takes over
 */
public record Health(Service service, boolean reloadFailed, List<String> needsRestart) {

  /** Whether a load balancer should send clients here. */
  public enum Service {
    OK,
    /** New connections wait until the audit trail can be written. */
    WAITS_FOR_AUDIT,
    DRAINING
  }

  public Health {
    needsRestart = List.copyOf(needsRestart);
  }
}
