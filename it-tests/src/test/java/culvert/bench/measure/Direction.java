package culvert.bench.measure;

import java.util.Locale;

/** The way of a file, as the client has it. */
enum Direction {
  DOWNLOAD,
  UPLOAD;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
