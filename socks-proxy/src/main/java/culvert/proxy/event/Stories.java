package culvert.proxy.event;

import culvert.filter.ConnectionRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Begins the story of each client connection. Thread-safe. */
public final class Stories {
  private final List<StoryObserver> observers;
  private final LongSupplier nanoTime;
  private final StoryIds ids = new StoryIds();

  /**
   * With observers, which hear of everything in this order.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public Stories(LongSupplier nanoTime, List<StoryObserver> observers) {
    this.nanoTime = nanoTime;
    this.observers = List.copyOf(observers);
  }

  /**
   * With the log, and what is counted.
   *
   * @param more who else hears of everything
   */
  public static Stories loggedAndCounted(ProxyEvents events, StoryObserver... more) {
    List<StoryObserver> observers = new ArrayList<>();
    observers.add(new StoryCounts(events));
    observers.add(new StoryLog());
    observers.addAll(List.of(more));
    return new Stories(System::nanoTime, observers);
  }

  /** An id of the same kind, for this run of the program. */
  public static UUID newBoot() {
    return new StoryIds().next();
  }

  /**
   * A client has asked for a destination.
   *
   * @param socksUser as whom it has logged in to the front door
   * @param confinement asserts that it runs where the story is told: on the client channel's loop
   */
  public Story start(
      InetSocketAddress client,
      Optional<String> socksUser,
      ConnectionRequest request,
      Runnable confinement) {
    Story story =
        new Story(ids.next(), client, socksUser, request, observers, nanoTime, confinement);
    observers.forEach(observer -> observer.started(story));
    return story;
  }
}
