package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were accepted and are not written down, as the file would have them. Before its
 * host's first login has succeeded a key is claimed by each connection that shows it; those of one
 * client bind the host together, and use up room for one. One that could not be written then is
 * unwritten, and binds for the process's life, or until it is in the file after all. Thread-safe.
 */
final class AcceptedKeys {
  /** Beyond that, whose key cannot be written down is not accepted. */
  static final int MAX_UNWRITTEN = 1000;

  /** So many are kept of each client after its connections have ended; the oldest goes first. */
  static final int MAX_TRIED_OF_CLIENT = 16;

  /** So long a key binds that was shown a login which did not succeed. */
  static final Duration TRIED_BINDS = Duration.ofHours(1);

  /**
   * Hosts that connections bind, each client's apart, however many it has there. Beyond that those
   * go first whose connections have ended; then no more are claimed. How many hosts one client
   * brings, {@link NewNames} bounds.
   */
  static final int MAX_CLAIMED = 1000;

  private final LongSupplier nanoTime;
  private final Set<Unwritten> unwritten = new LinkedHashSet<>(); // guarded by this

  /** Oldest first; guarded by this. */
  private final Map<Binding, Holders> claimed = new LinkedHashMap<>();

  AcceptedKeys(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Unwritten(KnownHostsPlace place, String name, HostKey key) {
    boolean isAt(KnownHostsPlace other, String otherName) {
      return name.equals(otherName) && place.meets(other);
    }
  }

  /** What came of asking for a claim. */
  sealed interface Answer permits Claim, Bound, Full {}

  /** One of the names is bound to another key at that place. */
  record Bound(String name, HostKey key) implements Answer {}

  /** There is no room: nobody can claim anything now. */
  record Full() implements Answer {}

  /** What connections of a client bind together. */
  private record Binding(KnownHostsPlace place, List<String> names, HostKey key, Object client) {
    boolean isAt(KnownHostsPlace other, String otherName) {
      return names.contains(otherName) && place.meets(other);
    }
  }

  /** Who holds a binding; guarded by the AcceptedKeys. */
  private static final class Holders {
    private int connections;
    private @Nullable Long tried; // when the last login has ended that did not succeed

    boolean haveEnded() {
      return connections == 0;
    }
  }

  /** One connection's part in what binds names to a key; to be ended. Equal to itself only. */
  static final class Claim implements Answer {
    private final Binding binding;
    private boolean tried; // guarded by the AcceptedKeys
    private boolean over; // guarded by the AcceptedKeys

    private Claim(Binding binding) {
      this.binding = binding;
    }

    List<String> names() {
      return binding.names();
    }
  }

  /** What became of a key that is to be kept. */
  enum Kept {
    NEWLY,
    ALREADY,
    /** There are too many, or another one is kept for that name. */
    NOT
  }

  /**
   * Binds the names to the key, until something is written about them or the claim is over.
   *
   * @param client whose connection accepted it
   */
  synchronized Answer claim(KnownHostsPlace place, List<String> names, HostKey key, Object client) {
    forgetOld();
    for (String name : names) {
      Optional<HostKey> other =
          boundTo(place, name).filter(bound -> !bound.equals(key)).findFirst();
      if (other.isPresent()) {
        return new Bound(name, other.get());
      }
    }
    Binding binding = new Binding(place, List.copyOf(names), key, client);
    if (!claimed.containsKey(binding)
        && claimed.size() >= MAX_CLAIMED
        && !forgetOldest(one -> true)) {
      return new Full();
    }
    claimed.computeIfAbsent(binding, none -> new Holders()).connections++;
    return new Claim(binding);
  }

  /** From now on the server may see credentials. */
  synchronized void loginBegins(Claim claim) {
    claim.tried = true;
  }

  /**
   * The connection is over, and its login has not succeeded: where it had begun, no other key may
   * try for a while. Idempotent.
   */
  synchronized void end(Claim claim) {
    leave(claim, claim.tried);
  }

  /** The key is in the file now, or kept: that binds the host. */
  synchronized void settle(Claim claim) {
    leave(claim, false);
  }

  private void leave(Claim claim, boolean inVain) {
    assert Thread.holdsLock(this);
    if (claim.over) {
      return;
    }
    claim.over = true;
    Binding binding = claim.binding;
    Holders holders = Objects.requireNonNull(claimed.get(binding));
    holders.connections--;
    if (inVain) {
      holders.tried = nanoTime.getAsLong();
    }
    if (holders.haveEnded()) {
      claimed.remove(binding);
      if (holders.tried != null) {
        Predicate<Binding> ofClient = other -> other.client().equals(binding.client());
        if (endedOf(ofClient) >= MAX_TRIED_OF_CLIENT) {
          forgetOldest(ofClient);
        }
        claimed.put(binding, holders); // as the latest
      }
    }
  }

  private long endedOf(Predicate<Binding> which) {
    assert Thread.holdsLock(this);
    return claimed.entrySet().stream()
        .filter(one -> one.getValue().haveEnded() && which.test(one.getKey()))
        .count();
  }

  /** Only one whose connections have ended. */
  private boolean forgetOldest(Predicate<Binding> which) {
    assert Thread.holdsLock(this);
    Iterator<Map.Entry<Binding, Holders>> oldestFirst = claimed.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<Binding, Holders> one = oldestFirst.next();
      if (one.getValue().haveEnded() && which.test(one.getKey())) {
        oldestFirst.remove();
        return true;
      }
    }
    return false;
  }

  private void forgetOld() {
    assert Thread.holdsLock(this);
    long now = nanoTime.getAsLong();
    claimed
        .values()
        .removeIf(
            holders ->
                holders.haveEnded()
                    && holders.tried != null
                    && now - holders.tried >= TRIED_BINDS.toNanos());
  }

  private Stream<HostKey> boundTo(KnownHostsPlace place, String name) {
    assert Thread.holdsLock(this);
    return Stream.concat(
        keptFor(place, name),
        claimed.keySet().stream().filter(one -> one.isAt(place, name)).map(Binding::key));
  }

  private Stream<HostKey> keptFor(KnownHostsPlace place, String name) {
    assert Thread.holdsLock(this);
    return unwritten.stream().filter(one -> one.isAt(place, name)).map(Unwritten::key);
  }

  /** Keeps the key that could not be written to the file under that name. */
  synchronized Kept keep(KnownHostsPlace place, String name, HostKey key) {
    if (!boundTo(place, name).allMatch(key::equals)) {
      return Kept.NOT;
    }
    if (keptFor(place, name).findAny().isPresent()) {
      return Kept.ALREADY;
    }
    if (unwritten.size() >= MAX_UNWRITTEN) {
      return Kept.NOT;
    }
    unwritten.add(new Unwritten(place, name, key));
    return Kept.NEWLY;
  }

  /** Whether the key is kept for all these names. */
  synchronized boolean hasKept(KnownHostsPlace place, List<String> names, HostKey key) {
    return names.stream().allMatch(name -> keptFor(place, name).anyMatch(key::equals));
  }

  /**
   * Adds to what the files say of a server what was accepted for them. What the files have by now
   * is forgotten here. Blocks for the file system.
   *
   * @param claimed whether claims count, too
   */
  KnownHost addTo(KnownHost known, List<Path> files, boolean claimed) {
    LookupNames names = known.names();
    KnownKeys named = known.named();
    KnownKeys withoutPort = known.withoutPort();
    KnownKeys atAddress = known.atAddress();
    for (Path file : files) {
      KnownHostsPlace place = KnownHostsPlace.of(file);
      named = addTo(named, known.named(), names.name(), file, place, claimed);
      if (names.withoutPort().isPresent()) {
        String name = names.withoutPort().get();
        withoutPort = addTo(withoutPort, known.withoutPort(), name, file, place, claimed);
      }
      if (names.address().isPresent()) {
        String name = names.address().get();
        atAddress = addTo(atAddress, known.atAddress(), name, file, place, claimed);
      }
    }
    return new KnownHost(names, named, withoutPort, atAddress, known.unreadable());
  }

  private KnownKeys addTo(
      KnownKeys soFar,
      KnownKeys written,
      String name,
      Path file,
      KnownHostsPlace place,
      boolean claimed) {
    KnownKeys all = soFar;
    for (HostKey key : accepted(written, name, file, place, claimed)) {
      all = all.withAccepted(KnownKey.accepted(key, file));
    }
    return all;
  }

  /** A claim is worth nothing where a file says something of the name. */
  private synchronized List<HostKey> accepted(
      KnownKeys written, String name, Path file, KnownHostsPlace place, boolean claimed) {
    forgetOld();
    unwritten.removeIf(one -> one.isAt(place, name) && written.has(one.key(), file));
    List<HostKey> keys = new ArrayList<>();
    (claimed && written.isEmpty() ? boundTo(place, name) : keptFor(place, name))
        .distinct()
        .forEach(keys::add);
    return keys;
  }
}
