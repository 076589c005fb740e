package culvert.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What this process holds that must not grow.
 *
 * @param sockets open ones, by the kernel's count
 * @param threads Culvert's, without the blocking pool, which is bounded and empties by itself
 * @param heapMebibytes in use after a collection
 */
record Resources(long sockets, long threads, long heapMebibytes) {
  /** Bounded pools that make their threads when there is something to do. */
  private static final Pattern GROWING = Pattern.compile("culvert-(blocking|owner)");

  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final long HEAP_NOISE_MEBIBYTES = 20;

  /** As soon as sockets and threads stay as they are. */
  static Resources whenQuiet() {
    AtomicReference<Resources> last = new AtomicReference<>(now());
    await("sockets and threads come to rest")
        .atMost(DEADLINE)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              Resources now = now();
              Resources before = last.getAndSet(now);
              return now.sockets == before.sockets && now.threads == before.threads;
            });
    return last.get();
  }

  /** As soon as there is no more than before, or, failing that, after the deadline. */
  static Resources whenBackAt(Resources before) {
    try {
      await().atMost(DEADLINE).pollInterval(INTERVAL).until(() -> now().fitsInto(before));
    } catch (ConditionTimeoutException tooMany) {
      // the caller compares and says so
    }
    return now();
  }

  boolean fitsInto(Resources before) {
    return sockets <= before.sockets
        && threads <= before.threads
        && heapMebibytes <= before.heapMebibytes + HEAP_NOISE_MEBIBYTES;
  }

  private static Resources now() {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("culvert") && !GROWING.matcher(name).lookingAt())
            .count();
    return new Resources(openSockets(), threads, heap / TestFile.MIB);
  }

  private static long openSockets() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0; // only Linux counts
    }
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return descriptors.filter(Resources::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedInBetween) {
      return false;
    }
  }
}
