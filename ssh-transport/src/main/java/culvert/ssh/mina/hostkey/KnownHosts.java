package culvert.ssh.mina.hostkey;

import static java.util.stream.Collectors.toUnmodifiableSet;

import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable snapshot of known_hosts files. */
public final class KnownHosts {
  private static final Logger log = LoggerFactory.getLogger(KnownHosts.class);

  private final List<KnownHostsText> texts;

  private KnownHosts(List<KnownHostsText> texts) {
    this.texts = List.copyOf(texts);
  }

  /** What reads one file. */
  interface Reader {
    KnownHostsText read(Path file) throws IOException;
  }

  /**
   * Reads the files; blocks. One that does not exist counts as empty. Lines that cannot be read are
   * skipped with a warning, and keep everybody from being accepted as new.
   *
   * @throws IOException a file exists and cannot be read, is no regular file or larger than 16 MiB:
   *     then nobody knows which keys are known, and no key may be accepted. The message is fit for
   *     the client.
   */
  public static KnownHosts load(List<Path> files) throws IOException {
    return load(
        files,
        file -> {
          KnownHostsText text = KnownHostsFile.read(file);
          text.warn();
          return text;
        });
  }

  static KnownHosts load(List<Path> files, Reader reader) throws IOException {
    List<KnownHostsText> texts = new ArrayList<>();
    for (Path file : files) {
      try {
        texts.add(reader.read(file));
      } catch (NoSuchFileException e) {
        log.debug("{} does not exist: no known hosts there", file);
      } catch (IOException e) {
        throw new IOException(
            "known hosts file " + file + " cannot be read: " + RegularFile.reason(e), e);
      }
    }
    return new KnownHosts(texts);
  }

  /** A snapshot of one file that is at hand. */
  static KnownHosts of(KnownHostsText text) {
    return new KnownHosts(List.of(text));
  }

  /** This snapshot's lines, then the other's. */
  KnownHosts and(KnownHosts other) {
    List<KnownHostsText> both = new ArrayList<>(texts);
    both.addAll(other.texts);
    return new KnownHosts(both);
  }

  /** What the files say about one server, without an alias or a look at its address. */
  public KnownHost lookup(String host, int port) {
    return lookup(LookupNames.of(host, port));
  }

  /**
   * What the files say about one server. Hashed names make this cost microseconds per line: not for
   * an event loop.
   */
  public KnownHost lookup(LookupNames names) {
    List<KnownHostsLine> named = about(names.name());
    Set<KnownKey> taken = named.stream().map(KnownHostsLine::known).collect(toUnmodifiableSet());
    List<KnownHostsLine> withoutPort =
        names.withoutPort().stream()
            .flatMap(name -> about(name).stream())
            .filter(line -> !taken.contains(line.known()))
            .toList();
    List<KnownHostsLine> atAddress = names.address().map(this::about).orElse(List.of());
    return new KnownHost(
        names,
        KnownKeys.of(named),
        KnownKeys.of(withoutPort),
        KnownKeys.of(atAddress),
        texts.stream().flatMap(text -> text.unreadable().stream()).findFirst());
  }

  private List<KnownHostsLine> about(String name) {
    return texts.stream().flatMap(text -> text.about(name).stream()).toList();
  }
}
