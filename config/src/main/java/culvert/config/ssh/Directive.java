package culvert.config.ssh;

import java.util.List;

/** A line that means something. */
sealed interface Directive {

  /** A value. Whether it holds depends on the block that it stands in, and on earlier ones. */
  record Setting(Option option, List<String> values) implements Directive {}

  /** {@code Host}: the beginning of a block. */
  record Host(List<Pattern> patterns) implements Directive {

    /** A pattern. */
    record Pattern(String text, boolean negated) {}

    boolean matches(String host) {
      boolean matched = false;
      for (Pattern pattern : patterns) {
        if (Patterns.matches(host, pattern.text())) {
          if (pattern.negated()) {
            return false;
          }
          matched = true;
        }
      }
      return matched;
    }
  }

  /** {@code Match}: the beginning of a block. */
  record Match(List<Criterion> criteria) implements Directive {

    boolean has(Criterion.Kind kind) {
      return criteria.stream().anyMatch(criterion -> criterion.kind() == kind);
    }
  }

  /** One of the criteria of a {@code Match}. */
  record Criterion(Kind kind, boolean negated, String patterns) {
    enum Kind {
      ALL,
      CANONICAL,
      FINAL,
      HOST,
      ORIGINALHOST,
      USER,
      LOCALUSER,
      /** What cannot be decided here; its block never applies. */
      NOT_UNDERSTOOD
    }
  }

  /** {@code Include}: each file under the conditions of the block that names it. */
  record Include(List<ConfigFile> files) implements Directive {}
}
