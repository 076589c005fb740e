package culvert.config.ssh;

import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The names of TCP ports, which OpenSSH takes for their numbers; see services(5). */
final class Services {
  private static final String TCP = "/tcp";
  private static final int MAX_SIZE = 16 << 20;

  private Services() {}

  /** The port of that name; empty: there is none. Blocks for the file, which need not be there. */
  static Optional<String> port(String name, Path file) {
    try {
      String text = new String(RegularFile.read(file, MAX_SIZE), StandardCharsets.ISO_8859_1);
      Optional<String> port =
          text.lines()
              .map(line -> List.of(line.replaceFirst("#.*", "").strip().split("\\s+")))
              .filter(words -> words.size() > 1 && words.get(1).endsWith(TCP))
              .filter(words -> words.lastIndexOf(name) != 1 && words.contains(name))
              .map(words -> words.get(1).replace(TCP, ""))
              .findFirst();
      return port.or(() -> ofSsh(name));
    } catch (IOException e) {
      return ofSsh(name);
    }
  }

  private static Optional<String> ofSsh(String name) {
    return name.equals("ssh") ? Optional.of("22") : Optional.empty();
  }
}
