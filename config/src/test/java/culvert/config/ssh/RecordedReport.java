package culvert.config.ssh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Keeps what it is told, as {@code line:column: message}. */
final class RecordedReport implements Report {
  final List<String> errors = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();

  private static String line(Place place, String message) {
    Path name = Path.of(place.file()).getFileName();
    return name + ":" + place.line() + ":" + place.column() + ": " + message;
  }

  @Override
  public void error(Place place, String message) {
    errors.add(line(place, message));
  }

  @Override
  public void warning(Place place, String message) {
    warnings.add(line(place, message));
  }

  @Override
  public void algorithms(Place place, String keyword, List<String> items) {}

  @Override
  public String shown(String found) {
    return '"' + found + '"';
  }

  @Override
  public String didYouMean(String word, Collection<String> candidates) {
    return "";
  }
}
