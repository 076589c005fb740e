package culvert.filter;

import culvert.config.Location;

/**
 * Something about a rule that its author hardly meant; the configuration is valid all the same.
 *
 * @param location of the rule
 * @param message for a person, without the location
 */
public record RuleWarning(Location location, String message) {

  /** {@code culvert.yaml:12:5: warning: ...} */
  @Override
  public String toString() {
    return location + ": warning: " + message;
  }
}
