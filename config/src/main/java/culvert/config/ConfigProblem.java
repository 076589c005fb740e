package culvert.config;

/**
 * Something that is wrong with a configuration file.
 *
 * @param message what was found, what was expected; never holds a secret
 */
public record ConfigProblem(Severity severity, Location location, String message) {

  /** How bad it is. */
  public enum Severity {
    /** The file cannot be used. */
    ERROR,
    /** The file can be used, but hardly means what it says. */
    WARNING
  }

  /** {@code file:line:column: message}, and {@code warning:} before a warning's message. */
  @Override
  public String toString() {
    return location + ": " + (severity == Severity.WARNING ? "warning: " : "") + message;
  }
}
