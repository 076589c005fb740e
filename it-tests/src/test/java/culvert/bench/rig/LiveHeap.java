package culvert.bench.rig;

import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is on the heap of another JVM when its garbage has been collected, which it is then. */
public final class LiveHeap {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Pattern TOTAL = Pattern.compile("^Total +\\d+ +(\\d+)", Pattern.MULTILINE);

  private LiveHeap() {}

  /** In bytes, of the JVM that is the proxy. */
  public static long of(ProxyUnderTest proxy) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = Long.toString(proxy.processes().get(0).pid());
    Run<String> run = Run.text(DEADLINE, List.of(jcmd, pid, "GC.class_histogram"));
    if (run.exitCode() != 0) {
      throw new IOException("jcmd " + pid + ": " + run.output() + run.errors());
    }
    return parse(run.output());
  }

  static long parse(String histogram) {
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IllegalArgumentException("no total in: " + histogram);
    }
    return Long.parseLong(total.group(1));
  }
}
