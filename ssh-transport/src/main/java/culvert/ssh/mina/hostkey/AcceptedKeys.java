package culvert.ssh.mina.hostkey;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys that were accepted and could not be written down, as the file would have them: they bind
 * for the process's life, or until they are in the file after all. Thread-safe.
 */
final class AcceptedKeys {
  /** Beyond that, whose key cannot be written down is not accepted. */
  static final int MAX_UNWRITTEN = 1000;

  private final Map<Place, HostKey> unwritten = new HashMap<>(); // guarded by this

  /** Where a key would be written. */
  private record Place(Path file, String name) {}

  /** What became of a key that is to be kept. */
  enum Kept {
    NEWLY,
    ALREADY,
    /** There are too many, or another one is kept for that name. */
    NOT
  }

  /** Keeps the key that could not be written to the file under that name. */
  synchronized Kept keep(Path file, String name, HostKey key) {
    Place place = new Place(KnownHostsFile.identity(file), name);
    HostKey before = unwritten.get(place);
    if (before != null) {
      return before.equals(key) ? Kept.ALREADY : Kept.NOT;
    }
    if (unwritten.size() >= MAX_UNWRITTEN) {
      return Kept.NOT;
    }
    unwritten.put(place, key);
    return Kept.NEWLY;
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

  private synchronized KnownKeys addTo(KnownKeys written, String name, List<Path> files) {
    KnownKeys all = written;
    for (Path file : files) {
      Place place = new Place(KnownHostsFile.identity(file), name);
      HostKey key = unwritten.get(place);
      if (key == null) {
        continue;
      }
      if (written.has(key, file)) {
        unwritten.remove(place);
      } else {
        all = all.withAccepted(KnownKey.accepted(key, file));
      }
    }
    return all;
  }
}
