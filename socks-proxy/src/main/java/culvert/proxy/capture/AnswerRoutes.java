package culvert.proxy.capture;

import culvert.config.RedirectPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link LocalRoute} of the families that are served, by which answers come back that are
 * addressed to other hosts. Blocks, but for {@link #problem} and {@link #work}; thread-safe.
 */
final class AnswerRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerRoutes.class);

  /** What is different in active mode without it. */
  static final String WITHOUT = "in active mode data comes from Culvert's own address: ";

  private final CaptureHost host;
  private volatile Map<IpFamily, String> problems = all("nobody has looked for its way yet");

  AnswerRoutes(CaptureHost host) {
    this.host = host;
  }

  private static Map<IpFamily, String> all(String problem) {
    Map<IpFamily, String> problems = new EnumMap<>(IpFamily.class);
    for (IpFamily family : IpFamily.values()) {
      problems.put(family, problem);
    }
    return problems;
  }

  /** What to do with the route of one family. */
  @FunctionalInterface
  private interface Step {
    /** What is wrong with it then. */
    Optional<String> take(LocalRoute route, IpFamily family) throws IOException;
  }

  /**
   * Sets it up.
   *
   * @return what is wrong, and was not before
   */
  List<String> begin(RedirectPorts listeners) {
    return use(
        listeners,
        (route, family) -> {
          route.add(family);
          return Optional.empty();
        });
  }

  /**
   * Looks whether somebody else has set it up.
   *
   * @return what is wrong, and was not before
   */
  List<String> look(RedirectPorts listeners) {
    return use(listeners, LocalRoute::difference);
  }

  /** Whether it is there for everybody who is captured. Does not block. */
  boolean work(RedirectPorts listeners) {
    return Stream.of(IpFamily.values())
        .filter(family -> listeners.of(family.isIpv6()).isPresent())
        .allMatch(family -> problem(family).isEmpty());
  }

  private List<String> use(RedirectPorts listeners, Step step) {
    Map<IpFamily, String> before = problems;
    Map<IpFamily, String> now = all("nobody listens");
    List<String> told = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (listeners.of(family.isIpv6()).isPresent()) {
        now.remove(family);
        taken(step, family).ifPresent(problem -> now.put(family, problem));
        String problem = now.get(family);
        if (problem != null && !problem.equals(before.get(family)) && !told.contains(problem)) {
          told.add(problem);
        }
      }
    }
    problems = now;
    return told;
  }

  private Optional<String> taken(Step step, IpFamily family) {
    Optional<LocalRoute> route = host.localRoute();
    if (route.isEmpty()) {
      return Optional.of(CaptureChecks.NO_IP);
    }
    try {
      return step.take(route.get(), family);
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Takes it away. */
  void end() {
    host.localRoute().ifPresent(AnswerRoutes::remove);
  }

  private static void remove(LocalRoute route) {
    for (IpFamily family : IpFamily.values()) {
      try {
        route.remove(family);
      } catch (IOException e) {
        LOG.debug("capture: {}", e.getMessage()); // that family is off
      }
    }
  }

  /** Why answers of that family do not come back; empty: they do. */
  Optional<String> problem(IpFamily family) {
    return Optional.ofNullable(problems.get(family));
  }
}
