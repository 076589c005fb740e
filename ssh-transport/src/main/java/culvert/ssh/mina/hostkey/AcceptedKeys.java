package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that were accepted and are not written down, as the file would have them. Before its
 * host's first login has succeeded a key is claimed by each connection that shows it. One that
 * could not be written then is unwritten, and binds for the process's life, or until it is in the
 * file after all. Thread-safe.
 */
final class AcceptedKeys {
  /** Beyond that, whose key cannot be written down is not accepted. */
  static final int MAX_UNWRITTEN = 1000;

  /** So many are kept of each client after its connections have ended; the oldest goes first. */
  static final int MAX_TRIED_OF_CLIENT = 16;

  /** So long a key binds that was shown a login which did not succeed. */
  static final Duration TRIED_BINDS = Duration.ofHours(1);

  /** Beyond that those go first whose connections have ended; then no more are claimed. */
  static final int MAX_CLAIMS = 1000;

  private final LongSupplier nanoTime;
  private final Set<Unwritten> unwritten = new LinkedHashSet<>(); // guarded by this
  private final Set<Claim> claims = new LinkedHashSet<>(); // oldest first; guarded by this

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

  /** What binds names to a key for one connection; to be ended. Equal to itself only. */
  static final class Claim implements Answer {
    private final KnownHostsPlace place;
    private final List<String> names;
    private final HostKey key;
    private final Object client;
    private boolean tried; // guarded by the AcceptedKeys
    private @Nullable Long ended; // guarded by the AcceptedKeys

    private Claim(KnownHostsPlace place, List<String> names, HostKey key, Object client) {
      this.place = place;
      this.names = List.copyOf(names);
      this.key = key;
      this.client = client;
    }

    List<String> names() {
      return names;
    }

    private boolean isAt(KnownHostsPlace other, String otherName) {
      return names.contains(otherName) && place.meets(other);
    }

    private boolean saysTheSame(Claim other) {
      return names.equals(other.names)
          && key.equals(other.key)
          && client.equals(other.client)
          && place.equals(other.place);
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
    if (claims.size() >= MAX_CLAIMS && !forgetOldest(one -> true)) {
      return new Full();
    }
    Claim claim = new Claim(place, names, key, client);
    claims.add(claim);
    return claim;
  }

  /** From now on the server may see credentials. */
  synchronized void loginBegins(Claim claim) {
    claim.tried = true;
  }

  /**
   * The connection is over, and its login has not succeeded: where it had begun, no other key may
   * try for a while.
   */
  synchronized void end(Claim claim) {
    if (!claims.remove(claim) || !claim.tried) {
      return;
    }
    claims.removeIf(other -> other.ended != null && other.saysTheSame(claim));
    Predicate<Claim> ofClient = other -> other.client.equals(claim.client);
    if (claims.stream().filter(ofClient).filter(other -> other.ended != null).count()
        >= MAX_TRIED_OF_CLIENT) {
      forgetOldest(ofClient);
    }
    claim.ended = nanoTime.getAsLong();
    claims.add(claim);
  }

  /** The key is in the file now, or kept: that binds the host. */
  synchronized void settle(Claim claim) {
    claims.remove(claim);
  }

  /** Only one whose connection has ended. */
  private boolean forgetOldest(Predicate<Claim> which) {
    assert Thread.holdsLock(this);
    Iterator<Claim> oldestFirst = claims.iterator();
    while (oldestFirst.hasNext()) {
      Claim claim = oldestFirst.next();
      if (claim.ended != null && which.test(claim)) {
        oldestFirst.remove();
        return true;
      }
    }
    return false;
  }

  private void forgetOld() {
    assert Thread.holdsLock(this);
    long now = nanoTime.getAsLong();
    claims.removeIf(claim -> claim.ended != null && now - claim.ended >= TRIED_BINDS.toNanos());
  }

  private Stream<HostKey> boundTo(KnownHostsPlace place, String name) {
    assert Thread.holdsLock(this);
    return Stream.concat(
        keptFor(place, name),
        claims.stream().filter(claim -> claim.isAt(place, name)).map(claim -> claim.key));
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
