package culvert.ssh.mina.hostkey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable snapshot of known_hosts files. */
public final class KnownHosts {
  private static final Logger log = LoggerFactory.getLogger(KnownHosts.class);

  /** So many are told of one file. */
  private static final int MAX_WARNINGS = 10;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final List<KnownHostsLine> lines;
  private final Optional<UnreadableLine> unreadable;

  private KnownHosts(List<KnownHostsLine> lines, Optional<UnreadableLine> unreadable) {
    this.lines = List.copyOf(lines);
    this.unreadable = unreadable;
  }

  /**
   * Reads the files; blocks. One that does not exist counts as empty. Lines that cannot be read are
   * skipped with a warning, and keep everybody from being accepted as new.
   *
   * @throws IOException a file exists and cannot be read: then nobody knows which keys are known,
   *     and no key may be accepted. The message is fit for the client.
   */
  public static KnownHosts load(List<Path> files) throws IOException {
    KnownHosts all = new KnownHosts(List.of(), Optional.empty());
    for (Path file : files) {
      byte[] content;
      try {
        content = Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        log.debug("{} does not exist: no known hosts there", file);
        continue;
      } catch (IOException e) {
        throw new IOException(
            "known hosts file " + file + " cannot be read: " + reason(file, e), e);
      }
      all = all.and(of(file, content));
    }
    return all;
  }

  /** A snapshot of one file whose content is at hand. */
  static KnownHosts of(Path file, byte[] content) {
    List<KnownHostsLine> lines = new ArrayList<>();
    List<UnreadableLine> unreadable = new ArrayList<>();
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(BYTE_ORDER_MARK.length());
    }
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      try {
        KnownHostsLine.parse(line, file, number).ifPresent(lines::add);
      } catch (IllegalArgumentException e) {
        unreadable.add(new UnreadableLine(file, number, String.valueOf(e.getMessage())));
      }
    }
    warn(unreadable);
    return new KnownHosts(lines, unreadable.stream().findFirst());
  }

  private static void warn(List<UnreadableLine> lines) {
    for (UnreadableLine line : lines.subList(0, Math.min(MAX_WARNINGS, lines.size()))) {
      log.warn("{}:{}: {}; line skipped", line.file(), line.line(), line.problem());
    }
    if (lines.size() > MAX_WARNINGS) {
      log.warn("{}: {} such lines in all", lines.get(0).file(), lines.size());
    }
  }

  /** This snapshot's lines, then the other's. */
  KnownHosts and(KnownHosts other) {
    List<KnownHostsLine> both = new ArrayList<>(lines);
    both.addAll(other.lines);
    return new KnownHosts(both, unreadable.or(() -> other.unreadable));
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
    List<KnownHostsLine> named = new ArrayList<>();
    List<KnownHostsLine> withoutPort = new ArrayList<>();
    List<KnownHostsLine> atAddress = new ArrayList<>();
    for (KnownHostsLine line : lines) {
      if (line.hosts().matches(names.name())) {
        named.add(line);
      } else if (names.withoutPort().filter(line.hosts()::matches).isPresent()) {
        withoutPort.add(line);
      }
      if (names.address().filter(line.hosts()::matches).isPresent()) {
        atAddress.add(line);
      }
    }
    return new KnownHost(
        names, KnownKeys.of(named), KnownKeys.of(withoutPort), KnownKeys.of(atAddress), unreadable);
  }

  private static String reason(Path file, IOException e) {
    if (Files.isDirectory(file)) {
      return "is a directory";
    }
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }
}
