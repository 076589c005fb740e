package culvert.proxy.cli;

import culvert.proxy.door.HostAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Which of some names stand for an address at this moment.
 *
 * @param standing those that do
 * @param unknown how many could not be looked up in time
 */
record NamesNow(Set<String> standing, long unknown) {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int AT_ONCE = 16;

  /** Blocks for some seconds at most. */
  static NamesNow of(InetAddress address, Collection<String> names) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "culvert-names");
              thread.setDaemon(true); // a name server may never answer
              return thread;
            });
    try {
      List<String> ordered = List.copyOf(names);
      List<Callable<Boolean>> questions = new ArrayList<>();
      ordered.forEach(name -> questions.add(() -> stands(name, address)));
      List<Future<Boolean>> answers =
          threads.invokeAll(questions, PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Set<String> standing = new TreeSet<>();
      for (int i = 0; i < ordered.size(); i++) {
        if (isYes(answers.get(i))) {
          standing.add(ordered.get(i));
        }
      }
      return new NamesNow(standing, answers.stream().filter(Future::isCancelled).count());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new NamesNow(Set.of(), names.size());
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean stands(String name, InetAddress address) {
    try {
      return HostAddress.of(InetAddress.getAllByName(name)).contains(address);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isYes(Future<Boolean> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (CancellationException | ExecutionException e) {
      return false;
    }
  }
}
