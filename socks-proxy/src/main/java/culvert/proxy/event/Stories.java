package culvert.proxy.event;

import culvert.filter.ConnectionRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Begins the story of each client connection. Thread-safe. */
public final class Stories {
  private final List<StoryObserver> observers;
  private final LongSupplier nanoTime;
  private final StoryIds ids = new StoryIds();
  private final AtomicLong lastNumber = new AtomicLong();

  /**
   * With observers, which hear of everything in this order.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public Stories(LongSupplier nanoTime, List<StoryObserver> observers) {
    this.nanoTime = nanoTime;
    this.observers = List.copyOf(observers);
  }

  /** With the log, and what is counted. */
  public static Stories loggedAndCounted(ProxyEvents events) {
    return new Stories(System::nanoTime, List.of(new StoryCounts(events), new StoryLog()));
  }

  /**
   * A client has asked for a destination.
   *
   * @param confinement asserts that it runs where the story is told: on the client channel's loop
   */
  public Story start(InetSocketAddress client, ConnectionRequest request, Runnable confinement) {
    Story story =
        new Story(
            lastNumber.incrementAndGet(),
            ids.next(),
            client,
            request,
            observers,
            nanoTime,
            confinement);
    observers.forEach(observer -> observer.started(story));
    return story;
  }
}
