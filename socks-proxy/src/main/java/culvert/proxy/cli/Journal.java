package culvert.proxy.cli;

import culvert.config.read.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether systemd's journal reads what is written. */
final class Journal {
  private static final String STREAM = "JOURNAL_STREAM";

  private Journal() {}

  /**
   * By {@code $JOURNAL_STREAM}, which names the journal's end (systemd.exec(5)): a process may have
   * inherited the variable, and write elsewhere.
   *
   * @param stream a link to what is written to
   */
  static boolean reads(Path stream, Environment environment) {
    String journal = environment.variables().get(STREAM);
    if (journal == null) {
      return false;
    }
    try {
      Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
      return journal.equals(file.get("dev") + ":" + file.get("ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // no Linux
    }
  }
}
