package culvert.it.odd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Tries every cell of a table, a few at a time: most of the time they wait. */
final class Trials implements AutoCloseable {
  private static final int AT_ONCE = 4;
  private static final int LENGTH = 300_000;
  private static final int DEADLINE_MINUTES = 15; // for all that queue before it
  private static final Duration HOPEFUL = Duration.ofSeconds(60);
  private static final Duration HOPELESS = Duration.ofSeconds(8);

  private record WithoutCulvert(Oddity oddity, Client client) {}

  private final Rig rig;
  private final List<Trial> trials;
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  private final Map<WithoutCulvert, Boolean> known = new ConcurrentHashMap<>();
  private final String down = content(1);
  private final String up = content(2);

  private Trials(Rig rig, List<Trial> trials) {
    this.rig = rig;
    this.trials = trials;
  }

  static Trials start(Path directory, String defaultAction, List<Trial> trials) throws IOException {
    return new Trials(Rig.start(directory, defaultAction), trials);
  }

  /** Nothing leaks and nobody lies; the job may fail, if its client says so. */
  Stream<DynamicTest> nothingLeaks() {
    return each(trial -> attempt(trial, false));
  }

  /** The same, and the job gets through where it gets through without Culvert. */
  Stream<DynamicTest> theJobGoesOn() {
    return each(trial -> attempt(trial, true));
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    rig.close();
  }

  private interface Attempt {
    void make(Trial trial) throws Exception;
  }

  private Stream<DynamicTest> each(Attempt attempt) {
    record Running(Trial trial, Future<Boolean> outcome) {}
    List<Running> running =
        trials.stream()
            .map(
                trial ->
                    new Running(
                        trial,
                        threads.submit(
                            () -> {
                              attempt.make(trial);
                              return true;
                            })))
            .toList();
    return running.stream()
        .map(one -> DynamicTest.dynamicTest(one.trial().toString(), () -> outcome(one.outcome())));
  }

  private static void outcome(Future<Boolean> attempt) throws Throwable {
    try {
      attempt.get(DEADLINE_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause(); // it may be an assumption that does not hold
    }
  }

  private void attempt(Trial trial, boolean goesOn) throws Exception {
    boolean hope = succeedsWithoutCulvert(trial);
    boolean worthwhile = hope || !goesOn || trial.mode() == Mode.SOCKS;
    assumeTrue(worthwhile, "the client fails without Culvert, too");
    try (Scene scene = scene(trial.oddity(), trial.mode())) {
      Run<String> run = trial.client().run(scene.job().within(hope ? HOPEFUL : HOPELESS));
      try {
        scene.assertNothingLeaked();
        scene.assertHonest(trial.client(), run);
        if (goesOn && hope) {
          assertThat(run.exitCode()).as("without Culvert it succeeds").isZero();
        }
        scene.assertEndsPassedOn();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + scene.story(run), e);
      }
    }
  }

  private boolean succeedsWithoutCulvert(Trial trial) throws Exception {
    WithoutCulvert key = new WithoutCulvert(trial.oddity(), trial.client());
    Boolean before = known.get(key);
    if (before != null) {
      return before;
    }
    try (Scene scene = scene(trial.oddity(), Mode.DIRECT)) {
      boolean succeeds = trial.client().run(scene.job().within(HOPELESS)).exitCode() == 0;
      known.put(key, succeeds);
      return succeeds;
    }
  }

  private Scene scene(Oddity oddity, Mode mode) throws Exception {
    Scene scene = rig.scene(mode, oddity.manner());
    scene.server().store(Client.DOWN, down);
    Files.write(scene.job().file(Client.UP), up.getBytes(ISO_8859_1));
    return new Scene(rig, scene.number(), scene.server(), scene.job().withEpsv(oddity.epsv()));
  }

  private static String content(int seed) {
    byte[] bytes = new byte[LENGTH];
    new Random(seed).nextBytes(bytes);
    return new String(bytes, ISO_8859_1);
  }
}
