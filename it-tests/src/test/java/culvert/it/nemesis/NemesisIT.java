package culvert.it.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.TestFile;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Signals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No truncated file is ever taken for whole, whatever breaks, and nothing is left behind.
 *
 * <p>{@code -Dnemesis.seed=N -Dnemesis.duration=5m} repeats or prolongs a run. By default epoll and
 * NIO have half a minute each.
 */
@RealPeers
class NemesisIT {
  private static final int WORKERS = 5;
  private static final Duration REST = Duration.ofSeconds(30);
  private static final int STORY_CHARACTERS = 12_000;

  @TempDir Path directory;

  private final long seed = Long.getLong("nemesis.seed", System.nanoTime());
  private final Duration duration =
      Duration.parse("PT" + System.getProperty("nemesis.duration", "30s").toUpperCase(Locale.ROOT));

  private final Story story = new Story();
  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @Test
  void noFragmentIsTakenForAFileAndNothingIsLeftBehind() throws Exception {
    System.out.println("nemesis: -Dnemesis.seed=" + seed + " for " + duration);
    try (Site site = new Site(directory, new Random(seed))) {
      Checker checker = new Checker(site, timer);
      try {
        everyModeWorks(site, checker, "before");
        atRest(site);
        int sockets = Leftovers.sockets(site.culvert().pid()).size();

        rage(site, checker);

        site.restore();
        everyModeWorks(site, checker, "after");
        await("no remote forward is left")
            .atMost(REST)
            .until(() -> Leftovers.listeners(site.sshd().sessionProcesses()) == 0);
        atRest(site);
        await("Culvert has the %d sockets that it had before".formatted(sockets))
            .atMost(REST)
            .until(() -> Leftovers.sockets(site.culvert().pid()).size() <= sockets);
        assertThat(site.culvert().log().lines().filter(NemesisIT::isDefect)).isEmpty();
        assertThat(whole).as("jobs that went well").hasPositiveValue();
        assertThat(broken).as("jobs that did not").hasPositiveValue();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + report(site), e);
      }
    } finally {
      timer.shutdownNow();
    }
    System.out.println("nemesis: " + whole + " jobs whole, " + broken + " visibly broken");
  }

  private void rage(Site site, Checker checker) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<?>> working = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int number = worker;
        working.add(
            workers.submit(
                () -> {
                  work(site, checker, number, over);
                  return null;
                }));
      }
      try {
        long end = System.nanoTime() + duration.toNanos();
        Random random = new Random(seed);
        while (System.nanoTime() < end && working.stream().noneMatch(Future::isDone)) {
          act(site, random);
        }
      } finally {
        over.countDown();
      }
      for (Future<?> worker : working) {
        worker.get(3, TimeUnit.MINUTES); // jobs have a shorter deadline of their own
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private void act(Site site, Random random) throws Exception {
    Act act = Act.draw(random);
    Duration length = act.length(random);
    story.tell("nemesis: " + act + " for " + length.toMillis() + " ms");
    Act.Undo undo = act.begin(site, random);
    try {
      LockSupport.parkNanos(length.toNanos());
    } finally {
      undo.run();
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
  }

  private void work(Site site, Checker checker, int worker, CountDownLatch over) throws Exception {
    Random random = new Random(seed * 31 + worker);
    for (int number = 0; over.getCount() > 0; number++) {
      String name = "job-" + worker + "-" + number;
      check(checker, Job.draw(name, random, site.servers(), site.files()));
    }
  }

  private Outcome check(Checker checker, Job job) throws Exception {
    story.tell(job.toString());
    try {
      Outcome outcome = checker.check(job);
      story.tell(job.name() + ": " + outcome.seen());
      (outcome.whole().isPresent() ? whole : broken).incrementAndGet();
      return outcome;
    } catch (Violation e) {
      story.tell(job.name() + ": VIOLATION " + e.getMessage());
      throw new AssertionError(job + ": " + e.getMessage(), e);
    }
  }

  private void everyModeWorks(Site site, Checker checker, String when) throws Exception {
    TestFile file = site.files().get(site.files().size() - 1);
    for (RealFtpServer server : site.servers()) {
      for (Mode mode : Mode.values()) {
        for (boolean upload : new boolean[] {true, false}) {
          String name = String.join("-", when, server.name(), mode.name(), upload ? "up" : "down");
          Job job = new Job(name, server, upload, mode, file, Behaviour.OBEDIENT, 0, true, false);
          Outcome outcome = check(checker, job);
          assertThat(outcome.whole()).as(job + ": " + outcome.seen()).isPresent();
        }
      }
    }
  }

  /** Every session has ended: of clients, of SSH, of FTP. */
  private static void atRest(Site site) {
    await("no client connection is active").atMost(REST).until(() -> active(site) == 0);
    await("no SSH session is left").atMost(REST).until(() -> site.sshd().sessions() == 0);
    for (RealFtpServer server : site.servers()) {
      await("no session of " + server.name() + " is left")
          .atMost(REST)
          .until(() -> server.sessionProcesses().isEmpty());
    }
  }

  private static double active(Site site) throws Exception {
    return site.admin().scrape().number("culvert_connections_active");
  }

  /** A leaked buffer, or what a person would have to act on. */
  private static boolean isDefect(String line) {
    return line.contains("LEAK:") || line.contains(" ERROR ");
  }

  private String report(Site site) throws Exception {
    String log = site.culvert().log();
    String defects = log.lines().filter(NemesisIT::isDefect).collect(Collectors.joining("\n"));
    String servers = site.servers().stream().map(NemesisIT::state).collect(Collectors.joining());
    return "Again: -Dit.test=NemesisIT -Dnemesis.seed=%d -Dnemesis.duration=%ds\n%s\n%s\n%s\n%s"
        .formatted(
            seed,
            duration.toSeconds(),
            last(story.text()),
            servers,
            defects,
            "Culvert: " + last(log));
  }

  /** Whether a server answers without Culvert, and what its sessions wait for. */
  private static String state(RealFtpServer server) {
    String greeting;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5000);
      greeting = Character.toString(socket.getInputStream().read());
    } catch (IOException e) {
      greeting = e.toString();
    }
    return "%s, asked directly, says: %s; its sessions:%n%s"
        .formatted(server.name(), greeting, Signals.states(server.sessionProcesses()));
  }

  private static String last(String text) {
    return text.length() <= STORY_CHARACTERS
        ? text
        : "...\n" + text.substring(text.length() - STORY_CHARACTERS);
  }
}
