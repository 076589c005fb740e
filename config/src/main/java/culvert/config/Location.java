package culvert.config;

/**
 * A place in a configuration file.
 *
 * @param file as the user named it; {@code built-in} for the built-in default
 * @param line from 1
 * @param column from 1
 */
public record Location(String file, int line, int column) {

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
