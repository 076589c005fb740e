package culvert.config.ssh;

import culvert.config.ssh.Directive.Criterion;
import culvert.config.ssh.Directive.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the criteria of {@code Match}, whose quotes are not those of other keywords. */
final class MatchLine {
  private static final Map<String, Criterion.Kind> WITH_PATTERNS =
      Map.of(
          "host", Criterion.Kind.HOST,
          "originalhost", Criterion.Kind.ORIGINALHOST,
          "user", Criterion.Kind.USER,
          "localuser", Criterion.Kind.LOCALUSER);
  private static final Set<String> NOT_UNDERSTOOD =
      Set.of("exec", "localnetwork", "tagged", "command", "sessiontype", "version");
  private static final List<String> ALL =
      List.of("all", "canonical", "final", "host", "originalhost", "user", "localuser");

  private final Line line;
  private final Delimited words;
  private final Report report;
  private final List<Criterion> criteria = new ArrayList<>();
  private boolean wrong;

  private MatchLine(Line line, Report report) {
    this.line = line;
    this.words = new Delimited(line.rest(), 0);
    this.report = report;
  }

  /** A {@code Match} that is wrong never matches. */
  static Match read(Line line, Report report) {
    MatchLine reader = new MatchLine(line, report);
    reader.readAll();
    return new Match(
        reader.wrong
            ? List.of(new Criterion(Criterion.Kind.NOT_UNDERSTOOD, false, ""))
            : List.copyOf(reader.criteria));
  }

  private void readAll() {
    @Nullable String word = words.next();
    while (word != null && !word.isEmpty() && !word.startsWith("#") && !wrong) {
      criterion(word, line.placeInRest(words.start()));
      word = words.next();
    }
    if (criteria.isEmpty() && !wrong) {
      refuse(line.place(), "no criterion (expected: " + String.join(", ", ALL) + ")");
    }
  }

  private void criterion(String word, Place place) {
    boolean negated = word.startsWith("!");
    String name = Ascii.lower(negated ? word.substring(1) : word);
    if (name.equals("all")) {
      all(negated, place);
    } else if (name.equals("canonical") || name.equals("final")) {
      Criterion.Kind kind = name.equals("final") ? Criterion.Kind.FINAL : Criterion.Kind.CANONICAL;
      criteria.add(new Criterion(kind, negated, ""));
    } else if (WITH_PATTERNS.containsKey(name) || NOT_UNDERSTOOD.contains(name)) {
      withPatterns(name, negated, place);
    } else {
      refuse(
          place,
          report.shown(word)
              + " (expected: "
              + String.join(", ", ALL)
              + report.didYouMean(name, ALL)
              + ")");
    }
  }

  private void all(boolean negated, Place place) {
    @Nullable String more = words.next();
    if (criteria.size() > 1 || (more != null && !more.isEmpty() && !more.startsWith("#"))) {
      refuse(place, "all beside others");
    }
    criteria.add(new Criterion(Criterion.Kind.ALL, negated, ""));
    words.finish();
  }

  private void withPatterns(String name, boolean negated, Place place) {
    @Nullable String patterns = words.next();
    if (patterns == null || patterns.isEmpty() || patterns.startsWith("#")) {
      refuse(place, name + " without an argument");
      return;
    }
    Criterion.Kind kind = WITH_PATTERNS.getOrDefault(name, Criterion.Kind.NOT_UNDERSTOOD);
    if (kind == Criterion.Kind.NOT_UNDERSTOOD) {
      report.warning(place, "match: " + name + " is not understood: the block never applies");
    }
    criteria.add(new Criterion(kind, negated, patterns));
  }

  private void refuse(Place place, String message) {
    wrong = true;
    report.error(place, "match: " + message);
  }
}
