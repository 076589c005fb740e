package culvert.filter;

import culvert.config.HostPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The host patterns of one rule; names and plain suffixes are looked up, the rest is tried. */
final class HostSet {
  private final boolean unconditional;
  private final List<Glob> globs = new ArrayList<>();
  private final List<HostPattern.Regex> regexes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> spelledOut = new HashSet<>(); // the names but for literal addresses
  private final Set<String> suffixes = new HashSet<>();
  private final List<Glob> otherGlobs = new ArrayList<>();

  HostSet(List<HostPattern> patterns) {
    for (HostPattern pattern : patterns) {
      if (pattern instanceof HostPattern.Regex regex) {
        regexes.add(regex);
      } else {
        add(Glob.of(pattern.text()));
      }
    }
    unconditional = patterns.isEmpty() || otherGlobs.stream().anyMatch(Glob::isAnything);
  }

  private void add(Glob glob) {
    globs.add(glob);
    Optional<String> suffix = glob.plainSuffix();
    if (glob.isLiteral()) {
      names.add(glob.text());
      if (IpAddress.parse(glob.text()).isEmpty()) {
        spelledOut.add(glob.text());
      }
    } else if (suffix.isPresent()) {
      suffixes.add(suffix.get());
    } else {
      otherGlobs.add(glob);
    }
  }

  /** Whether every name matches: there is no condition. */
  boolean isUnconditional() {
    return unconditional;
  }

  boolean matches(String host) {
    return unconditional
        || names.contains(host)
        || endsWithSuffix(host)
        || otherGlobs.stream().anyMatch(glob -> glob.matches(host))
        || regexes.stream().anyMatch(regex -> regex.matches(host));
  }

  /** Whether one of the names is spelled out here, or, while nobody has looked, could be. */
  boolean spellsOutAny(DestinationNames of) {
    return of instanceof DestinationNames.Known known
        ? known.names().stream().anyMatch(spelledOut::contains)
        : !spelledOut.isEmpty();
  }

  /** The names without wildcards that are no addresses. */
  Set<String> spelledOut() {
    return spelledOut;
  }

  private boolean endsWithSuffix(String host) {
    if (suffixes.isEmpty()) {
      return false;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      if (suffixes.contains(host.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }

  /** Whether every name that {@code other} matches is matched here; true is a proof. */
  boolean covers(HostSet other) {
    return unconditional
        || (!other.unconditional
            && other.globs.stream().allMatch(this::covers)
            && regexes.containsAll(other.regexes));
  }

  private boolean covers(Glob glob) {
    return glob.isLiteral()
        ? matches(glob.text())
        : glob.lastLabels().filter(this::isWithinSuffix).isPresent()
            || otherGlobs.stream().anyMatch(own -> own.covers(glob));
  }

  private boolean isWithinSuffix(String labels) {
    return suffixes.contains(labels) || endsWithSuffix(labels);
  }

  /** The addresses, if every pattern is a literal address; else empty. */
  List<IpAddress> literalAddresses() {
    List<IpAddress> addresses = new ArrayList<>();
    for (Glob glob : globs) {
      IpAddress.parse(glob.text()).ifPresent(addresses::add);
    }
    return regexes.isEmpty() && addresses.size() == globs.size() ? addresses : List.of();
  }

  List<Glob> globs() {
    return globs;
  }

  boolean hasRegexes() {
    return !regexes.isEmpty();
  }
}
