package culvert.ssh.mina.hostkey;

import culvert.ssh.mina.hostkey.KnownHostsLine.Marker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * New keys of one server in the place of stale ones, in one file.
 *
 * @param offered all that the server has
 * @param confirmed those of them that come into the file
 * @param others what the files say that are not written
 */
record HostKeyReplacement(
    Path file,
    LookupNames names,
    List<HostKey> offered,
    List<HostKey> confirmed,
    KnownHosts others) {

  /**
   * The keys of a server that it has not: one of its types differs, or none that it has is known.
   */
  static List<KnownKey> stale(KnownHost known, List<HostKey> offered) {
    boolean provesOne =
        offered.stream().anyMatch(key -> KnownKeys.find(known.keys(), key).isPresent());
    return known.keys().stream()
        .filter(entry -> !offered.contains(entry.key()))
        .filter(entry -> !provesOne || hasType(offered, entry.key().type()))
        .toList();
  }

  private static boolean hasType(List<HostKey> keys, String type) {
    return keys.stream().anyMatch(key -> key.type().equals(type));
  }

  /** What the file is to hold, and why not, if it cannot. */
  record Edit(Optional<byte[]> content, Optional<String> refusal, List<KnownKey> gone) {}

  Edit of(KnownHostsText text) {
    KnownHost known = KnownHosts.of(text).and(others).lookup(names);
    List<KnownKey> going = stale(known, offered).stream().filter(this::goes).toList();
    Set<KnownKey> marked = Set.copyOf(going);
    List<KnownHostsLine> lines =
        text.about(names.name()).stream()
            .filter(line -> line.marker() == Marker.NONE && marked.contains(line.known()))
            .toList();
    Optional<String> refusal = refusal(known, going, lines);
    if (refusal.isPresent()) {
      return new Edit(Optional.empty(), refusal, List.of());
    }
    List<String> more =
        confirmed.stream()
            .filter(key -> KnownKeys.find(known.keys(), key).isEmpty())
            .map(key -> key.line(names.name()))
            .toList();
    Set<Integer> numbers =
        lines.stream().map(line -> line.known().line()).collect(Collectors.toSet());
    return more.isEmpty() && numbers.isEmpty()
        ? new Edit(Optional.empty(), Optional.empty(), List.of())
        : new Edit(
            Optional.of(text.edit().without(names.name(), numbers, more)), Optional.empty(), going);
  }

  /** The types that were confirmed, and those that the server has no more. */
  private boolean goes(KnownKey stale) {
    String type = stale.key().type();
    return hasType(confirmed, type) || !hasType(offered, type);
  }

  private Optional<String> refusal(
      KnownHost known, List<KnownKey> going, List<KnownHostsLine> lines) {
    if (!names.writable()) {
      return Optional.of("known_hosts cannot spell " + names.shown());
    }
    return confirmed.stream()
        .flatMap(key -> KnownKeys.find(known.named().revoked(), key).stream())
        .map(revoked -> revoked.key() + " is revoked in " + revoked.location())
        .findFirst()
        .or(
            () ->
                going.stream()
                    .filter(stale -> !stale.file().equals(file))
                    .map(
                        stale ->
                            stale.key()
                                + " stands in "
                                + stale.location()
                                + ", a file that Culvert does not write; take it out there first")
                    .findFirst())
        .or(
            () ->
                lines.stream()
                    .filter(line -> !KnownHostsEdit.names(line, names.name()))
                    .map(
                        line ->
                            line.known().key()
                                + " stands in "
                                + line.known().location()
                                + " under a pattern; take it out there first")
                    .findFirst());
  }
}
