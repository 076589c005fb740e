package culvert.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which host keys are trusted; words of ssh_config(5).
 *
 * @param acceptNew {@code strict-host-key-checking: accept-new}; else {@code yes}
 * @param knownHosts files, tilde expanded; {@code accept-new} appends to the first
 * @param alias the name that host keys are looked up and written under; empty: the host's own
 * @param checkHostIp whether the host's address must not be known with another key
 */
public record HostKeyPolicy(
    boolean acceptNew, List<Path> knownHosts, Optional<String> alias, boolean checkHostIp) {

  public HostKeyPolicy {
    knownHosts = List.copyOf(knownHosts);
  }
}
