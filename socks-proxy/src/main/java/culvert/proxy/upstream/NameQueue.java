package culvert.proxy.upstream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shares a number of threads out between those who want names looked up. Nobody has more of them
 * than are left free, so that even with many askers there is one for the next; who has fewer comes
 * first by taking turns. Finding out who asks costs more than most lookups: the first few of one
 * place are begun before that. Thread-safe; calls nobody.
 */
final class NameQueue {
  /** So many of one asker wait. */
  static final int WAITING = 256;

  private final int threads;
  private final int unasked; // so many of one place run before anybody asks who it is
  private int running; // guarded by this, as is all else
  private final Map<Object, Share> shares = new HashMap<>();
  private final Map<Object, Share> runningFor = new HashMap<>();
  private final Deque<Share> turns = new ArrayDeque<>(); // those where something waits

  private static final class Share {
    private final Object who;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private int running;

    Share(Object who) {
      this.who = who;
    }
  }

  /**
   * What came of it.
   *
   * @param taken whether it runs or waits, or is no concern any more
   * @param started what is to be begun now
   */
  record Answer(boolean taken, List<Object> started) {}

  NameQueue(int threads) {
    this.threads = threads;
    this.unasked = threads / 8;
  }

  /** Begins the lookup at once, if there is room enough not to ask whose it is. */
  synchronized Answer offer(Object lookup, Object place) {
    if (runningFor.containsKey(lookup)) {
      return new Answer(true, List.of());
    }
    Share share = shares.computeIfAbsent(place, Share::new);
    if (share.running < unasked && mayRun(share)) {
      run(lookup, share);
      return new Answer(true, List.of(lookup));
    }
    forgetIfIdle(share);
    return new Answer(false, List.of());
  }

  /** Begins it when it is the asker's turn. */
  synchronized Answer add(Object lookup, Object who) {
    Share share = shares.computeIfAbsent(who, Share::new);
    if (!runningFor.containsKey(lookup) && !share.waiting.contains(lookup)) {
      if (share.waiting.size() >= WAITING) {
        return new Answer(false, List.of());
      }
      share.waiting.add(lookup);
      if (share.waiting.size() == 1) {
        turns.add(share);
      }
    }
    forgetIfIdle(share);
    return new Answer(true, next());
  }

  /** A lookup that was begun is over. */
  synchronized Answer finished(Object lookup) {
    drop(lookup);
    Share share = runningFor.remove(lookup);
    if (share != null) {
      share.running--;
      running--;
      forgetIfIdle(share);
    }
    return new Answer(true, next());
  }

  /** Nobody waits for it any more. */
  synchronized void drop(Object lookup) {
    List<Share> all = List.copyOf(turns);
    for (Share share : all) {
      if (share.waiting.remove(lookup) && share.waiting.isEmpty()) {
        turns.remove(share);
        forgetIfIdle(share);
      }
    }
  }

  private boolean mayRun(Share share) {
    return share.running < threads - running;
  }

  private void run(Object lookup, Share share) {
    share.running++;
    running++;
    runningFor.put(lookup, share);
  }

  /** One of each asker after the other, as long as there are threads. */
  private List<Object> next() {
    List<Object> started = new ArrayList<>();
    int passed = 0;
    while (passed < turns.size() && running < threads) {
      Share share = turns.removeFirst();
      if (mayRun(share)) {
        passed = 0;
        Object lookup = share.waiting.removeFirst();
        if (!runningFor.containsKey(lookup)) { // else somebody else's turn has come before
          run(lookup, share);
          started.add(lookup);
        }
      } else {
        passed++;
      }
      if (share.waiting.isEmpty()) {
        forgetIfIdle(share);
      } else {
        turns.addLast(share);
      }
    }
    return started;
  }

  private void forgetIfIdle(Share share) {
    if (share.running == 0 && share.waiting.isEmpty()) {
      shares.remove(share.who, share);
    }
  }

  synchronized int size() {
    return shares.size();
  }
}
