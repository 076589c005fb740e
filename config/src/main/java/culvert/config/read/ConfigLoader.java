package culvert.config.read;

import culvert.config.ConfigResult;
import culvert.config.ConfigResult.Loaded;
import culvert.config.ConfigResult.Rejected;
import culvert.config.Location;
import culvert.config.file.RegularFile;
import culvert.config.file.ShellPipe;
import culvert.config.yaml.Problems;
import culvert.config.yaml.YamlParser;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads {@code culvert.yaml}. Blocks for the file and for the files that its secrets name; holds no
 * state, so that any thread may use it, and again for a reload.
 */
public final class ConfigLoader {
  private static final String BUILT_IN = "built-in";

  private final Environment environment;

  /** A loader that sees that environment and no other. */
  public ConfigLoader(Environment environment) {
    this.environment = environment;
  }

  /**
   * Reads a regular file (UTF-8), or what a shell hands over in its place; that it cannot be read
   * is a problem like others.
   */
  public ConfigResult load(Path file) {
    String name = file.toString();
    try {
      boolean pipe = ShellPipe.isAt(file);
      byte[] octets =
          pipe
              ? ShellPipe.read(file, YamlParser.MAX_SIZE)
              : RegularFile.read(file, YamlParser.MAX_SIZE);
      return load(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString(),
          name,
          pipe ? Optional.empty() : Optional.of(file.toAbsolutePath().normalize()));
    } catch (CharacterCodingException e) {
      return unreadable(name, "not UTF-8");
    } catch (IOException e) {
      return unreadable(name, RegularFile.reason(e));
    }
  }

  /**
   * Reads a text.
   *
   * @param fileName what its problems' locations say
   */
  public ConfigResult loadString(String text, String fileName) {
    return load(text, fileName, Optional.empty());
  }

  private ConfigResult load(String text, String fileName, Optional<Path> file) {
    Problems problems = new Problems();
    String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
    YamlValue document = YamlParser.parse(withoutMark, fileName, problems);
    if (problems.errors() > 0 && document.equals(Mapping.empty(document.location()))) {
      return new Rejected(problems.inFileOrder());
    }
    Reading reading = new Reading(problems, environment, hash(text), file);
    ConfigReader.Read read = ConfigReader.read(document, builtInSections(), reading);
    return problems.errors() > 0
        ? new Rejected(problems.inFileOrder())
        : new Loaded(read.config(), problems.inFileOrder(), new WrittenFile(read.written()));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What holds without a file. */
  public ConfigResult builtIn() {
    return loadString("", BUILT_IN);
  }

  private static Mapping builtInSections() {
    Problems problems = new Problems();
    if (YamlParser.parse(builtInText(), BUILT_IN, problems) instanceof Mapping mapping
        && problems.errors() == 0) {
      return mapping;
    }
    throw new IllegalStateException("built-in.yaml: " + problems.inFileOrder());
  }

  private static String builtInText() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream("built-in.yaml")) {
      if (in == null) {
        throw new IllegalStateException("built-in.yaml is not in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigResult unreadable(String file, String why) {
    Problems problems = new Problems();
    problems.error(new Location(file, 1, 1), "cannot read the file: " + why);
    return new Rejected(problems.inFileOrder());
  }
}
