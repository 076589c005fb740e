package culvert.proxy.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of a trail are wanted.
 *
 * @param since the first moment; null: from the beginning
 * @param until the first moment that is not wanted any more; null: to the end
 * @param route null: any
 */
public record TrailFilter(@Nullable Instant since, @Nullable Instant until, @Nullable String route)
    implements Predicate<TrailLine> {

  @Override
  public boolean test(TrailLine line) {
    if (route != null && !line.text("route").equals(Optional.of(route))) {
      return false;
    }
    if (since == null && until == null) {
      return true;
    }
    Optional<Instant> time = line.text("time").flatMap(TrailFilter::instant);
    return time.isPresent()
        && (since == null || !time.get().isBefore(since))
        && (until == null || time.get().isBefore(until));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
