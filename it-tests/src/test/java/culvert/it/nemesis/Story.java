package culvert.it.nemesis;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** What was done and what came of it, in order. Any thread may tell. */
final class Story {
  private final long start = System.nanoTime();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  void tell(String line) {
    double seconds = (System.nanoTime() - start) / 1e9;
    lines.add(String.format(Locale.ROOT, "%7.2f %s", seconds, line));
  }

  String text() {
    return String.join("\n", lines);
  }
}
