package culvert.proxy.cli;

import culvert.config.ConfigResult.Loaded;
import culvert.filter.RuleCompiler;
import culvert.proxy.capture.CaptureChecks;
import culvert.proxy.capture.CaptureHost;
import culvert.proxy.check.Holes;
import culvert.proxy.check.HostPatterns;
import culvert.proxy.check.Machine;
import culvert.proxy.check.MachineChecks;
import java.util.List;
import java.util.stream.Stream;

/** What a valid configuration hardly means, for {@code check}, the start and a reload. */
final class Warnings {
  private Warnings() {}

  /** Each with its place. Blocks. */
  static List<String> of(Loaded loaded, Machine machine, CaptureHost host) {
    return Stream.of(of(loaded, machine), HostPatterns.in(loaded), CaptureChecks.of(loaded, host))
        .flatMap(List::stream)
        .map(Object::toString)
        .toList();
  }

  /** The same, where nobody is to be captured by the kernel's rules. */
  static List<String> of(Loaded loaded, Machine machine) {
    return Stream.of(
            RuleCompiler.compile(loaded.config()).warnings(),
            Holes.in(loaded),
            MachineChecks.of(loaded, machine))
        .flatMap(List::stream)
        .map(Object::toString)
        .toList();
  }
}
