package culvert.proxy.audit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait to be written, bounded by their number and by what they take in memory.
 * Thread-safe; only {@link #poll} waits.
 */
final class AuditQueue {

  /** Some seconds of thousands of small files. */
  static final Bound USUAL = new Bound(16_384, 16L << 20);

  /** How much may wait. */
  record Bound(int events, long octets) {
    Bound times(int more, int moreOctets) {
      return new Bound(events * more, octets * moreOctets);
    }

    private boolean holds(int otherEvents, long otherOctets) {
      return otherEvents < events && otherOctets < octets;
    }
  }

  private final BlockingQueue<Optional<EncodedEvent>> events; // empty: wakes who waits
  private final AtomicLong octets = new AtomicLong();
  private final Bound full;
  private final Bound half;
  private final long mostOctets;

  /**
   * @param full from which on it counts as full
   * @param most that it takes
   */
  AuditQueue(Bound full, Bound most) {
    this.full = full;
    this.half = new Bound(full.events() / 2 + 1, full.octets() / 2 + 1);
    this.mostOctets = most.octets();
    this.events = new LinkedBlockingQueue<>(most.events());
  }

  /** False: there is no room for it. */
  boolean offer(EncodedEvent event) {
    if (octets.addAndGet(event.octets()) <= mostOctets && events.offer(Optional.of(event))) {
      return true;
    }
    octets.addAndGet(-event.octets());
    return false;
  }

  /** Null: nothing has come, or somebody has woken who waits. */
  @Nullable EncodedEvent poll(Duration patience) throws InterruptedException {
    Optional<EncodedEvent> next = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (next == null || next.isEmpty()) {
      return null;
    }
    octets.addAndGet(-next.get().octets());
    return next.get();
  }

  /** Who waits looks at once; where there is no room for that, nobody waits. */
  void wake() {
    boolean woken = events.offer(Optional.empty());
    assert woken || !events.isEmpty();
  }

  boolean isFull() {
    return !full.holds(events.size(), octets.get());
  }

  /** Whether it is not more than half full. */
  boolean hasRoom() {
    return half.holds(events.size(), octets.get());
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** Events that wait. */
  long size() {
    return events.stream().filter(Optional::isPresent).count();
  }
}
