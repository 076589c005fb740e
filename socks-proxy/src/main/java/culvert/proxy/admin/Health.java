package culvert.proxy.admin;

import java.util.List;

/**
 * How the daemon is.
 *
 * @param draining it ends: a load balancer should send nobody here
 * @param reloadFailed the configuration could not be taken over: the one before holds
 * @param needsRestart sections of the configuration that only a restart takes over
 */
public record Health(boolean draining, boolean reloadFailed, List<String> needsRestart) {
  public Health {
    needsRestart = List.copyOf(needsRestart);
  }
}
