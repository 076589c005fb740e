package culvert.it.integrity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What stands under an upload's name when it has broken off. */
enum Kept {
  OLD_FILE,
  FRAGMENT,
  NOTHING;

  /** Looks at the name, and at nothing else: what lies beside it is in {@link #beside}. */
  static Kept under(Path name, String oldContent) throws IOException {
    if (!Files.exists(name)) {
      return NOTHING;
    }
    return Files.size(name) == oldContent.length() && Files.readString(name).equals(oldContent)
        ? OLD_FILE
        : FRAGMENT;
  }

  /** The names of other files in that directory. */
  static List<String> beside(Path name) throws IOException {
    try (Stream<Path> files = Files.list(name.getParent())) {
      return files
          .filter(file -> !file.equals(name))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }
}
