package culvert.filter;

import culvert.filter.ClientOwner.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The globs of one rule for what may go by several names, of which one must match. Unlike those for
 * hosts they are case-sensitive, and {@code *} is a condition too: that there is a name.
 */
final class NameSet {
  private final List<Glob> globs;
  private final Set<String> literals = new HashSet<>();

  NameSet(List<String> globs) {
    this.globs = globs.stream().map(Glob::new).toList();
    this.globs.stream().filter(Glob::isLiteral).map(Glob::text).forEach(literals::add);
  }

  boolean isUnconditional() {
    return globs.isEmpty();
  }

  /** Whether the names match; what has not been looked up may. */
  boolean admits(Names names) {
    return globs.isEmpty()
        || !(names instanceof Names.Known known)
        || known.names().stream().anyMatch(this::matches);
  }

  /** Whether it takes a look to know whether the names match. */
  boolean needs(Names names) {
    return !globs.isEmpty() && names instanceof Names.NotLookedUp;
  }

  private boolean matches(String name) {
    return literals.contains(name) || globs.stream().anyMatch(glob -> glob.matches(name));
  }

  /** Whether whatever {@code other} matches is matched here; true is a proof. */
  boolean covers(NameSet other) {
    return globs.isEmpty()
        || (!other.globs.isEmpty()
            && other.globs.stream()
                .allMatch(glob -> globs.stream().anyMatch(own -> own.covers(glob))));
  }

  /** One of the names must be among these; empty where that cannot be said. */
  Set<String> keys() {
    return literals.size() == globs.size() ? literals : Set.of();
  }

  /** One of the globs, if there are any. */
  Optional<String> sample() {
    return globs.stream().findFirst().map(Glob::text);
  }
}
