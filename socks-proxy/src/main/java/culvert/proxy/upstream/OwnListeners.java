package culvert.proxy.upstream;

import culvert.proxy.door.HostAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where this process listens, so that no client makes it connect to itself, round and round.
 * Thread-safe.
 */
public final class OwnListeners {
  /** How many each: a port may be bound again before we have heard that it was let go. */
  private final Map<InetSocketAddress, Integer> listeners = new ConcurrentHashMap<>();

  public void add(InetSocketAddress bound) {
    listeners.merge(bound, 1, Integer::sum);
  }

  public void remove(InetSocketAddress bound) {
    listeners.computeIfPresent(bound, (address, count) -> count == 1 ? null : count - 1);
  }

  /** Whether a connection to the address would end at one of the listeners. */
  public boolean contains(InetAddress address, int port) {
    for (InetSocketAddress listener : listeners.keySet()) {
      if (listener.getPort() == port && isReachedBy(listener.getAddress(), address)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the listeners has that port, at whatever address. */
  public boolean usePort(int port) {
    return listeners.keySet().stream().anyMatch(listener -> listener.getPort() == port);
  }

  private static boolean isReachedBy(InetAddress listener, InetAddress destination) {
    // Connecting to 0.0.0.0 reaches this host.
    boolean here = destination.isAnyLocalAddress() || HostAddress.isThisHost(destination);
    return here
        && (listener.isAnyLocalAddress()
            || destination.isAnyLocalAddress()
            || listener.equals(destination));
  }
}
