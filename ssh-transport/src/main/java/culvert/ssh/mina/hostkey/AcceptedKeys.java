package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that were accepted and are not written down, as the file would have them. Before its
 * host's first login has succeeded a key is claimed; so many claims are kept. One that could not be
 * written then is unwritten, and binds for the process's life, or until it is in the file after
 * all. Thread-safe.
 */
final class AcceptedKeys {
  /** Beyond that, whose key cannot be written down is not accepted. */
  static final int MAX_UNWRITTEN = 1000;

  /** Beyond that the oldest is forgotten; the client's, as long as others have fewer. */
  static final int MAX_CLAIMS_OF_CLIENT = 16;

  private static final int MAX_CLAIMS = 1000;

  private final Map<Place, HostKey> unwritten = new HashMap<>(); // guarded by this
  private final Map<Place, Claim> claims = new LinkedHashMap<>(); // oldest first; guarded by this

  /** Where a key would be written. */
  private record Place(Path file, String name) {
    static Place of(Path file, String name) {
      return new Place(KnownHostsFile.identity(file), name);
    }
  }

  private record Claim(HostKey key, Object client) {}

  /** What became of a key that is to be kept. */
  enum Kept {
    NEWLY,
    ALREADY,
    /** There are too many, or another one is kept for that name. */
    NOT
  }

  /**
   * Binds the name to the key until something is written about it.
   *
   * @param client whose connection accepted it
   * @return whether it is bound to no other
   */
  boolean claim(Path file, String name, HostKey key, Object client) {
    Place place = Place.of(file, name);
    synchronized (this) {
      if (boundTo(place).filter(bound -> !bound.equals(key)).isPresent()) {
        return false;
      }
      claims.remove(place);
      if (claims.values().stream().filter(claim -> claim.client().equals(client)).count()
          >= MAX_CLAIMS_OF_CLIENT) {
        claims.values().remove(oldest(client));
      } else if (claims.size() >= MAX_CLAIMS) {
        forgetOldest();
      }
      claims.put(place, new Claim(key, client));
      return true;
    }
  }

  private Claim oldest(Object client) {
    assert Thread.holdsLock(this);
    return claims.values().stream()
        .filter(claim -> claim.client().equals(client))
        .findFirst()
        .orElseThrow();
  }

  private void forgetOldest() {
    assert Thread.holdsLock(this);
    Iterator<Claim> oldestFirst = claims.values().iterator();
    oldestFirst.next();
    oldestFirst.remove();
  }

  private Optional<HostKey> boundTo(Place place) {
    assert Thread.holdsLock(this);
    return Optional.ofNullable(unwritten.get(place))
        .or(() -> Optional.ofNullable(claims.get(place)).map(Claim::key));
  }

  /** The names are in the file: that binds them now. */
  void written(Path file, List<String> names) {
    List<Place> places = names.stream().map(name -> Place.of(file, name)).toList();
    synchronized (this) {
      places.forEach(claims::remove);
    }
  }

  /** Keeps the key that could not be written to the file under that name. */
  Kept keep(Path file, String name, HostKey key) {
    Place place = Place.of(file, name);
    synchronized (this) {
      if (boundTo(place).filter(bound -> !bound.equals(key)).isPresent()) {
        return Kept.NOT;
      }
      if (unwritten.containsKey(place)) {
        return Kept.ALREADY;
      }
      if (unwritten.size() >= MAX_UNWRITTEN) {
        return Kept.NOT;
      }
      claims.remove(place);
      unwritten.put(place, key);
      return Kept.NEWLY;
    }
  }

  /**
   * Adds to what the files say of a server what was accepted for them. What the files have by now
   * is forgotten here.
   */
  KnownHost addTo(KnownHost known, List<Path> files) {
    LookupNames names = known.names();
    return new KnownHost(
        names,
        addTo(known.named(), names.name(), files),
        names.withoutPort().map(n -> addTo(known.withoutPort(), n, files)).orElse(KnownKeys.NONE),
        names.address().map(n -> addTo(known.atAddress(), n, files)).orElse(KnownKeys.NONE),
        known.unreadable());
  }

  private KnownKeys addTo(KnownKeys written, String name, List<Path> files) {
    KnownKeys all = written;
    for (Path file : files) {
      Optional<HostKey> key = accepted(written, file, name);
      if (key.isPresent()) {
        all = all.withAccepted(KnownKey.accepted(key.get(), file));
      }
    }
    return all;
  }

  /** A claim is worth nothing where a file says something of the name. */
  private Optional<HostKey> accepted(KnownKeys written, Path file, String name) {
    Place place = Place.of(file, name);
    synchronized (this) {
      HostKey kept = unwritten.get(place);
      if (kept != null && written.has(kept, file)) {
        unwritten.remove(place);
        return Optional.empty();
      }
      return written.isEmpty() ? boundTo(place) : Optional.ofNullable(kept);
    }
  }
}
