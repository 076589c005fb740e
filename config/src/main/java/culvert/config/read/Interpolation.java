package culvert.config.read;

import culvert.config.Found;
import culvert.config.file.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references to environment variables, {@code ${env:NAME}}, to files, {@code
 * ${file:/path}}, and to credentials of the service manager, {@code ${credential:NAME}}; two
 * dollars before the brace stand for one, and nothing is replaced. Its messages name variables and
 * files, never what is in them.
 */
final class Interpolation {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
  private static final String EXPECTED = "${env:NAME}, ${file:/path} or ${credential:NAME}";
  private static final int MAX_FILE = 64 << 10;

  /** Where systemd puts what a unit's {@code LoadCredential=} and its like name. */
  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

  private Interpolation() {}

  /** Whether there is something to replace. */
  static boolean isIn(String text) {
    return text.contains("${env:") || text.contains("${file:") || text.contains("${credential:");
  }

  /** Whether the text is references alone, and so says nothing of what they stand for. */
  static boolean isNothingElse(String text) {
    return isIn(text)
        && REFERENCE.matcher(text).results().noneMatch(found -> found.group(1) == null)
        && REFERENCE.matcher(text).replaceAll("").isEmpty();
  }

  /**
   * The text with everything replaced; empty if a variable is not set.
   *
   * @throws IllegalArgumentException if a reference is malformed or a file cannot be read
   */
  static Optional<String> replace(String text, Environment environment) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder replaced = new StringBuilder();
    while (matcher.find()) {
      @Nullable String reference = matcher.group(1);
      if (reference == null) {
        matcher.appendReplacement(replaced, Matcher.quoteReplacement("${"));
        continue;
      }
      if (matcher.group(2).isEmpty()) {
        throw new IllegalArgumentException("a ${ that is not closed (expected: " + EXPECTED + ")");
      }
      Optional<String> value = value(reference, environment);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      matcher.appendReplacement(replaced, Matcher.quoteReplacement(value.get()));
    }
    return Optional.of(matcher.appendTail(replaced).toString());
  }

  /** The first variable in {@code text} that is not set, for a message. */
  static String unsetVariable(String text, Environment environment) {
    return REFERENCE
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .filter(reference -> reference != null && reference.startsWith("env:"))
        .map(reference -> reference.substring("env:".length()))
        .filter(name -> !environment.variables().containsKey(name))
        .findFirst()
        .orElse("");
  }

  private static Optional<String> value(String reference, Environment environment) {
    if (reference.startsWith("env:") && reference.length() > "env:".length()) {
      return Optional.ofNullable(environment.variables().get(reference.substring("env:".length())));
    }
    if (reference.startsWith("file:")) {
      return Optional.of(content(Paths.parse(reference.substring("file:".length()), environment)));
    }
    if (reference.startsWith("credential:")) {
      return Optional.of(
          content(credential(reference.substring("credential:".length()), environment)));
    }
    throw new IllegalArgumentException("an unknown reference (expected: " + EXPECTED + ")");
  }

  private static Path credential(String name, Environment environment) {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "no credential's name (expected: ${credential:NAME} with the name of a file)");
    }
    return environment
        .directory(CREDENTIALS)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no credential "
                        + Found.quoted(name)
                        + ": $"
                        + CREDENTIALS
                        + " is "
                        + instead(environment.variables().getOrDefault(CREDENTIALS, ""))
                        + " (expected: an absolute path, which systemd sets for a unit"
                        + " with LoadCredential=)"))
        .resolve(name);
  }

  private static String instead(String credentials) {
    return credentials.isEmpty() ? "not set" : Found.quoted(credentials);
  }

  private static String content(Path file) {
    try {
      byte[] octets = RegularFile.read(file, MAX_FILE);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
      return text.replaceFirst("\\r?\\n\\z", "");
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("cannot read " + file + ": not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + RegularFile.reason(e), e);
    }
  }
}
