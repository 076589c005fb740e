package culvert.bench;

import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What figures depend on besides Culvert. */
final class Circumstances {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private Circumstances() {}

  static Map<String, String> now(Options options) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("time", Instant.now().toString());
    all.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    all.put("load", load());
    all.put("kernel", System.getProperty("os.version"));
    all.put("java", System.getProperty("java.runtime.version"));
    all.put("ssh", Run.text(DEADLINE, List.of("ssh", "-V")).errors().strip());
    all.put("rounds", Integer.toString(options.rounds()));
    all.put("megabytes", Integer.toString(options.megabytes()));
    return all;
  }

  /** How many processes have wanted a core in the last minute. */
  static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
  }
}
