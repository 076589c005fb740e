package culvert.bench;

import culvert.bench.figures.Results;
import culvert.bench.figures.Row;
import culvert.bench.figures.Table;
import culvert.bench.measure.DirectThroughput;
import culvert.bench.measure.Echoes;
import culvert.bench.measure.FirstJobs;
import culvert.bench.measure.Logins;
import culvert.bench.measure.LongLines;
import culvert.bench.measure.Measure;
import culvert.bench.measure.MemoryUse;
import culvert.bench.measure.Rounds;
import culvert.bench.measure.SmallJobs;
import culvert.bench.measure.Starts;
import culvert.bench.measure.TunnelThroughput;
import culvert.bench.rig.FtpSite;
import culvert.bench.rig.Rig;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Measures Culvert beside {@code ssh -D} and other proxies, and prints the table of
 * docs/PERFORMANCE.md; {@code it-tests/bench/run} starts it. Whatever it has started ends with it.
 */
public final class Bench {
  private static final Duration SMOKE_TIME = Duration.ofSeconds(75);
  private static final Duration END_TIME = Duration.ofSeconds(20);

  /** Files that lie at the FTP server at once, in terms of the largest; and all the small ones. */
  private static final int FILES_AT_ONCE = 4;

  private static final int SMALL_MEGABYTES = 200;

  private static final int LOAD_BYTES = 64 * FtpSite.MEGABYTE;

  private final Options options;
  private final PrintStream progress;
  private final List<Row> rows = new ArrayList<>();
  private boolean failed;

  private Bench(Options options, PrintStream progress) {
    this.options = options;
    this.progress = progress;
  }

  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.print("bench: " + e.getMessage() + "\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    CountDownLatch closed = new CountDownLatch(1);
    closeAtSignals(Thread.currentThread(), closed);
    int exitCode = 1;
    try {
      exitCode = new Bench(options, System.err).run() ? 0 : 1;
    } catch (InterruptedException e) {
      System.err.println("bench: broken off");
    } finally {
      closed.countDown();
    }
    System.exit(exitCode);
  }

  /** At SIGINT and SIGTERM the main thread closes what it has opened, before the JVM ends. */
  private static void closeAtSignals(Thread main, CountDownLatch closed) {
    Thread hook =
        new Thread(
            () -> {
              try {
                if (closed.getCount() > 0) {
                  main.interrupt();
                }
                closed.await(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "close-bench");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private boolean run() throws Exception {
    Map<String, String> circumstances = Circumstances.now(options);
    progress.println("bench: " + circumstances);
    Path launcher = Path.of(System.getProperty("culvert.launcher"));
    long megabytes = (long) FILES_AT_ONCE * options.megabytes() + SMALL_MEGABYTES;
    try (Rig rig = Rig.start(launcher, megabytes)) {
      if (!rig.site().isInMemory()) {
        progress.println("bench: files are on a disk, since /dev/shm has too little room");
      }
      Rounds rounds =
          new Rounds(
              options.rounds(),
              options.smoke() ? SMOKE_TIME : Duration.ofDays(1),
              System::nanoTime,
              progress);
      for (Options.Part part : EnumSet.copyOf(options.parts())) {
        measure(part, measure(part, rig, rounds));
      }
    }
    report(circumstances);
    return !failed;
  }

  private void measure(Options.Part part, Measure measure) throws InterruptedException {
    try {
      rows.addAll(measure.rows());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException(e.toString());
      }
      failed = true;
      progress.println("bench: " + part.word() + " has failed");
      e.printStackTrace(progress);
    }
  }

  private Measure measure(Options.Part part, Rig rig, Rounds rounds) {
    int bytes = options.megabytes() * FtpSite.MEGABYTE;
    int load = Math.min(bytes, LOAD_BYTES);
    return switch (part) {
      case TUNNEL -> new TunnelThroughput(rig, rounds, bytes);
      case DIRECT -> new DirectThroughput(rig, rounds, bytes);
      case JOBS -> new SmallJobs(rig, rounds);
      case FIRST -> new FirstJobs(rig, rounds);
      case LOGINS -> new Logins(rig, rounds);
      case MEMORY -> new MemoryUse(rig, progress, load);
      case START -> new Starts(rig, rounds);
      case ECHO -> new Echoes(rig, rounds, load);
      case DELAY -> new LongLines(rig, rounds, bytes);
    };
  }

  private void report(Map<String, String> circumstances) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.print(Table.of(rows));
    if (options.json().isPresent()) {
      new Results(circumstances, rows).write(options.json().get());
    }
    if (options.smoke()) {
      for (Row row : Smoke.regressions(rows)) {
        failed = true;
        progress.printf(
            "bench: %s: %.2f x `ssh -D` (expected: at least %.1f)%n",
            row.what(), row.compared().orElseThrow().median(), Smoke.LEAST);
      }
    }
  }
}
