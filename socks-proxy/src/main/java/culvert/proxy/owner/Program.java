package culvert.proxy.owner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a process may be called: after its executable, after {@code argv[0]}, and by its {@code
 * comm}, which of a script with {@code #!} is the script and which the kernel cuts to 15 bytes.
 */
final class Program {
  private static final String DELETED = " (deleted)";
  private static final int LONGEST_TEXT = 4096;

  private Program() {}

  /**
   * The executable's first. Empty if the process has ended or may not be looked at.
   *
   * @param process its directory in {@code /proc}
   */
  static Set<String> names(Path process) {
    Set<String> names = new LinkedHashSet<>();
    add(names, executable(process));
    add(names, text(process.resolve("comm")).strip());
    String arguments = text(process.resolve("cmdline"));
    int end = arguments.indexOf('\0');
    add(names, fileName(end < 0 ? arguments : arguments.substring(0, end)));
    return names;
  }

  private static void add(Set<String> names, String name) {
    if (!name.isEmpty()) {
      names.add(name);
    }
  }

  private static String executable(Path process) {
    try {
      String target = Files.readSymbolicLink(process.resolve("exe")).toString();
      return fileName(
          target.endsWith(DELETED)
              ? target.substring(0, target.length() - DELETED.length())
              : target);
    } catch (IOException e) {
      return ""; // a thread of the kernel, or ended
    }
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST_TEXT), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
