package culvert.proxy.cli;

import java.util.EnumSet;
import java.util.Set;

/**
 * What signals have asked for and is still to be done: each thing once, however often it was asked
 * for, and the end before everything else. Thread-safe; only {@link #take} waits.
 */
final class Orders {

  /** The most urgent first. */
  enum Order {
    STOP,
    REOPEN,
    RELOAD
  }

  private final Set<Order> pending = EnumSet.noneOf(Order.class); // in their order; guarded by this

  synchronized void add(Order order) {
    pending.add(order);
    notifyAll();
  }

  /** Waits for one. What is asked for from now on is to be done once more. */
  synchronized Order take() throws InterruptedException {
    while (pending.isEmpty()) {
      wait();
    }
    Order next = pending.iterator().next();
    pending.remove(next);
    return next;
  }
}
