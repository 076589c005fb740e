package culvert.config.ssh;

import culvert.config.file.RegularFile;
import culvert.config.ssh.Line.Malformed;
import culvert.config.ssh.Line.Word;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads files and what they include. Blocks; confined to one thread, for one reading. */
final class ConfigFileReader {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_FILES = 1000;
  private static final int MAX_SIZE = 1 << 20;

  /** Where a file stands among others. */
  private record Standing(int depth, boolean ofUser, boolean checked) {
    Standing included() {
      return new Standing(depth + 1, ofUser, true);
    }
  }

  private final Surroundings surroundings;
  private final Report report;
  private final List<String> ignoreUnknown = new ArrayList<>();
  private int filesRead;
  private boolean tooMany;

  ConfigFileReader(Surroundings surroundings, Report report) {
    this.surroundings = surroundings;
    this.report = report;
  }

  /** A file that must be there, as with {@code ssh -F}. */
  ConfigFile given(Path file) {
    Optional<ConfigFile> read = read(file, new Standing(0, true, false));
    if (read.isEmpty()) {
      report.error(top(file), "cannot read the file: no such file");
    }
    return read.orElse(new ConfigFile(List.of()));
  }

  /** The user's file and the system's, where there are any. */
  List<ConfigFile> standard() {
    List<ConfigFile> files = new ArrayList<>();
    read(surroundings.userDirectory().resolve("config"), new Standing(0, true, true))
        .ifPresent(files::add);
    read(surroundings.systemDirectory().resolve("ssh_config"), new Standing(0, false, false))
        .ifPresent(files::add);
    return files;
  }

  private static Place top(Path file) {
    return new Place(file.toString(), 1, 1);
  }

  /** Empty if there is no such file. */
  private Optional<ConfigFile> read(Path file, Standing standing) {
    filesRead++;
    try {
      byte[] octets = RegularFile.read(file, MAX_SIZE);
      if (standing.checked()) {
        othersMayWrite(file).ifPresent(why -> report.error(top(file), why));
      }
      return Optional.of(parse(file, decode(octets), standing));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (!Files.isDirectory(file)) {
        report.error(top(file), "cannot read the file: " + RegularFile.reason(e));
      }
      return Optional.of(new ConfigFile(List.of()));
    }
  }

  private static String decode(byte[] octets) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      return new String(octets, StandardCharsets.ISO_8859_1); // most likely in a comment
    }
  }

  /** OpenSSH reads no such file either: who writes it could choose the keys. */
  private Optional<String> othersMayWrite(Path file) throws IOException {
    PosixFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, PosixFileAttributes.class);
    } catch (UnsupportedOperationException e) {
      return Optional.empty();
    }
    String owner = attributes.owner().getName();
    if (!owner.equals("root") && !owner.equals(surroundings.localUser())) {
      return Optional.of(
          "the file belongs to " + owner + " (expected: root or " + surroundings.localUser() + ")");
    }
    Set<PosixFilePermission> permissions = attributes.permissions();
    boolean ownGroup = attributes.group().getName().equals(owner); // as Debian's OpenSSH
    boolean writable =
        (permissions.contains(PosixFilePermission.GROUP_WRITE) && !ownGroup)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    return writable
        ? Optional.of("others may write the file (expected: its owner only)")
        : Optional.empty();
  }

  private ConfigFile parse(Path file, String text, Standing standing) {
    List<Directive> directives = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      try {
        @Nullable Line line = Line.parse(file.toString(), i + 1, lines[i]);
        if (line != null) {
          directives.addAll(directives(line, standing));
        }
      } catch (Malformed e) {
        report.error(
            new Place(file.toString(), i + 1, e.column() + 1), String.valueOf(e.getMessage()));
      }
    }
    return new ConfigFile(directives);
  }

  private List<? extends Directive> directives(Line line, Standing standing) throws Malformed {
    String keyword = line.keyword();
    if (!Keywords.all().contains(keyword)) {
      unknown(line);
      return List.of();
    }
    List<Word> words = line.words();
    Arguments arguments = new Arguments(line, words, report, surroundings);
    return switch (keyword) {
      case Keywords.HOST -> List.of(host(arguments));
      case Keywords.MATCH -> List.of(MatchLine.read(line, report));
      case Keywords.INCLUDE -> List.of(include(arguments, standing));
      case Keywords.IGNORE_UNKNOWN -> {
        ignoreUnknown.add(Ascii.lower(arguments.next()));
        arguments.end();
        yield List.of();
      }
      default -> Keywords.read(keyword, arguments);
    };
  }

  private void unknown(Line line) {
    boolean ignored =
        ignoreUnknown.stream()
            .anyMatch(
                patterns -> Patterns.list(line.keyword(), patterns) == Patterns.Verdict.MATCH);
    if (!ignored) {
      report.error(
          line.place(),
          "unknown keyword "
              + report.shown(line.keyword())
              + report.didYouMean(line.keyword(), Keywords.all()));
    }
  }

  private static Directive host(Arguments arguments) {
    List<Directive.Host.Pattern> patterns = new ArrayList<>();
    do {
      String pattern = arguments.next();
      boolean negated = pattern.startsWith("!");
      patterns.add(new Directive.Host.Pattern(negated ? pattern.substring(1) : pattern, negated));
    } while (arguments.hasNext() && !arguments.wrong());
    return new Directive.Host(List.copyOf(patterns));
  }

  private Directive include(Arguments arguments, Standing standing) {
    List<ConfigFile> files = new ArrayList<>();
    do {
      String path = arguments.next();
      if (path.startsWith("~") && !standing.ofUser()) {
        arguments.expected(path, "a path without ~ in the system's configuration");
      } else if (path.startsWith("~") && path.length() > 1 && path.charAt(1) != '/') {
        arguments.expected(path, "a path; another user's home is not understood");
      }
      if (!arguments.wrong()) {
        include(absolute(path, standing), arguments, standing.included(), files);
      }
    } while (arguments.hasNext() && !arguments.wrong());
    return new Directive.Include(List.copyOf(files));
  }

  private void include(
      String pattern, Arguments arguments, Standing standing, List<ConfigFile> files) {
    for (Path file : PathPattern.expand(pattern)) {
      if (tooMany) {
        return;
      }
      if (standing.depth() > MAX_DEPTH || filesRead >= MAX_FILES) {
        tooMany = true;
        arguments.refuse(
            standing.depth() > MAX_DEPTH
                ? "nested more than " + MAX_DEPTH + " deep"
                : "more than " + MAX_FILES + " files");
        return;
      }
      read(file, standing).ifPresent(files::add);
    }
  }

  private String absolute(String path, Standing standing) {
    if (path.startsWith("~")) {
      return surroundings.home() + path.substring(1);
    }
    Path directory =
        standing.ofUser() ? surroundings.userDirectory() : surroundings.systemDirectory();
    return path.startsWith("/") ? path : directory + "/" + path;
  }
}
