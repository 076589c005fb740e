package culvert.proxy.door;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * This host's addresses, for whoever asks at each connection: to look at the interfaces takes too
 * long for that. They are looked at again when that was a second ago. So an address that was added
 * since then counts as another host's, and one that was taken away as ours: good enough to tell
 * origins apart, while whatever must not be reached by mistake asks {@link HostAddress#isThisHost}.
 * Where they cannot be looked at, every address counts as ours, for a second. Thread-safe; one
 * thread looks, and others that ask wait for it.
 */
final class OwnAddresses {
  static final Duration FRESH = Duration.ofSeconds(1);

  /** So often at most they are looked at for the sake of one that was not there. */
  static final Duration MISSED = Duration.ofMillis(20);

  /** What the operating system says. */
  @FunctionalInterface
  interface Lookup {
    Set<InetAddress> lookUp() throws SocketException;
  }

  private final Lookup lookup;
  private final LongSupplier nanoTime;
  private volatile Seen seen;

  /**
   * What was seen.
   *
   * @param addresses empty: nothing could be seen
   */
  private record Seen(Optional<Set<InetAddress>> addresses, long at) {
    boolean isFresh(long now, Duration fresh) {
      return now - at < fresh.toNanos();
    }

    boolean sees(InetAddress address) {
      return addresses.filter(all -> all.contains(address)).isPresent();
    }
  }

  /**
   * Looks at once.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  OwnAddresses(Lookup lookup, LongSupplier nanoTime) {
    this.lookup = lookup;
    this.nanoTime = nanoTime;
    this.seen = look();
  }

  static OwnAddresses ofThisHost() {
    return new OwnAddresses(
        () ->
            NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .collect(Collectors.toUnmodifiableSet()),
        System::nanoTime);
  }

  /** Whether the address is this host's; loopback addresses always are. */
  boolean contains(InetAddress address) {
    return address.isLoopbackAddress()
        || current(FRESH).addresses().map(all -> all.contains(address)).orElse(true);
  }

  /**
   * The same where a stranger must not pass for this host: no address counts as ours that cannot be
   * seen. One that was added just now does.
   */
  boolean surelyContains(InetAddress address) {
    return address.isLoopbackAddress()
        || current(FRESH).sees(address)
        || current(MISSED).sees(address);
  }

  private Seen current(Duration fresh) {
    return seen.isFresh(nanoTime.getAsLong(), fresh) ? seen : lookAgain(fresh);
  }

  private synchronized Seen lookAgain(Duration fresh) {
    if (!seen.isFresh(nanoTime.getAsLong(), fresh)) {
      seen = look();
    }
    return seen;
  }

  private Seen look() {
    long at = nanoTime.getAsLong();
    try {
      return new Seen(Optional.of(lookup.lookUp()), at);
    } catch (SocketException e) {
      return new Seen(Optional.empty(), at);
    }
  }
}
