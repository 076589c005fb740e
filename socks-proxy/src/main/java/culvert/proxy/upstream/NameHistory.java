package culvert.proxy.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The addresses that a name has had, as long as they count. Not thread-safe; times are nanoseconds.
 */
final class NameHistory {
  /** So that a name with ever new addresses does not fill the memory. */
  static final int MAX_ADDRESSES = 1024;

  private final Duration afterChange;
  private final Duration withoutAnswer;
  private final Map<InetAddress, Long> lastSeen = new HashMap<>();
  private long lastAnswer;
  private Set<InetAddress> addresses = Set.of();

  /**
   * @param afterChange how long one counts that is not in the answers any more
   * @param withoutAnswer how long all of them count, after the last answer
   */
  NameHistory(Duration afterChange, Duration withoutAnswer) {
    this.afterChange = afterChange;
    this.withoutAnswer = withoutAnswer;
  }

  void answered(Collection<InetAddress> all, long now) {
    lastAnswer = now;
    all.stream().limit(MAX_ADDRESSES).forEach(address -> lastSeen.put(address, now));
    lastSeen.values().removeIf(seen -> now - seen > afterChange.toNanos());
    while (lastSeen.size() > MAX_ADDRESSES) {
      lastSeen.entrySet().stream()
          .min(Map.Entry.comparingByValue((a, b) -> Long.compare(a - now, b - now)))
          .map(Map.Entry::getKey)
          .ifPresent(lastSeen::remove);
    }
    addresses = Set.copyOf(lastSeen.keySet());
  }

  void failed(long now) {
    if (!addresses.isEmpty() && now - lastAnswer > withoutAnswer.toNanos()) {
      lastSeen.clear();
      addresses = Set.of();
    }
  }

  Set<InetAddress> addresses() {
    return addresses;
  }
}
