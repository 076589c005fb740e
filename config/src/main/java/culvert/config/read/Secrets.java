package culvert.config.read;

import culvert.config.Secret;
import culvert.config.yaml.YamlValue;
import culvert.config.yaml.YamlValue.Mapping;
import culvert.config.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Values that may be secret, which no message ever shows. */
final class Secrets {
  /** In place of a password: that of the FTP dialogue. */
  static final String FROM_FTP = "from-ftp";

  private static final String REFERENCE = "${env:NAME}, ${file:/path} or ${credential:NAME}";
  private static final int MAX_RFC1929 = 255;

  /** A secret, literal or by reference. */
  static final ValueType<Secret> SECRET = (value, key, reading) -> secret(value, key, reading);

  /** The SSH password; empty for {@code from-ftp}. A literal is taken for a slip of the pen. */
  static final ValueType<Optional<Secret>> PASSWORD = Secrets::password;

  /** RFC 1929 names and passwords. */
  static final ValueType<Map<String, Secret>> USERS = Secrets::users;

  /** A path by reference; empty text where the variable is not set. */
  static final ValueType<String> AGENT = Secrets::agent;

  private Secrets() {}

  private static Optional<Secret> secret(YamlValue value, String key, Reading reading) {
    if (!(value instanceof Scalar scalar) || value.isNull()) {
      return ValueTypes.wrongKind(value, key, "text, " + REFERENCE, reading);
    }
    try {
      Optional<String> text = Interpolation.replace(scalar.text(), reading.environment());
      if (text.isPresent() && !text.get().isEmpty()) {
        return Optional.of(new Secret(text.get()));
      }
      String problem =
          text.isPresent()
              ? "empty (expected: a secret)"
              : "the environment variable "
                  + Interpolation.unsetVariable(scalar.text(), reading.environment())
                  + " is not set";
      reading.error(value.location(), key + ": " + problem);
    } catch (IllegalArgumentException e) {
      reading.error(value.location(), key + ": " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Optional<Optional<Secret>> password(YamlValue value, String key, Reading reading) {
    if (value instanceof Scalar scalar && !value.isNull()) {
      if (scalar.text().equals(FROM_FTP)) {
        return Optional.of(Optional.empty());
      }
      if (!scalar.text().contains("${")) {
        reading.error(
            value.location(), key + ": a literal (expected: from-ftp, " + REFERENCE + ")");
        return Optional.empty();
      }
    }
    Optional<Secret> secret = secret(value, key, reading);
    return secret.isPresent() ? Optional.of(secret) : Optional.empty();
  }

  private static Optional<Map<String, Secret>> users(YamlValue value, String key, Reading reading) {
    if (!(value instanceof Mapping mapping)) {
      return ValueTypes.wrongKind(value, key, "a mapping of names to passwords", reading);
    }
    int before = reading.problems().errors();
    Map<String, Secret> users = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (name, entry) -> {
              if (!fits(name)) {
                reading.error(
                    entry.keyLocation(), key + ": a name's length (expected: 1..255 bytes)");
              }
              secret(entry.value(), key, reading)
                  .ifPresent(
                      password -> {
                        if (!fits(password.reveal())) {
                          reading.error(
                              entry.value().location(),
                              key + ": a password's length (expected: 1..255 bytes)");
                        }
                        users.put(name, password);
                      });
            });
    return reading.problems().errors() == before ? Optional.of(users) : Optional.empty();
  }

  private static boolean fits(String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return 1 <= length && length <= MAX_RFC1929;
  }

  private static Optional<String> agent(YamlValue value, String key, Reading reading) {
    if (!(value instanceof Scalar scalar) || value.isNull()) {
      return ValueTypes.wrongKind(value, key, "a path or ${env:SSH_AUTH_SOCK}", reading);
    }
    try {
      String path = Interpolation.replace(scalar.text(), reading.environment()).orElse("");
      if (path.isEmpty() || path.startsWith("/") || path.startsWith("~/")) {
        return Optional.of(path);
      }
      throw new IllegalArgumentException("not a path (expected: an absolute path, or nothing)");
    } catch (IllegalArgumentException e) {
      reading.error(value.location(), key + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
