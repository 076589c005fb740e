package culvert.it.peers;

import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** What a machine must have for a test: where it lacks that the test is skipped, but not in CI. */
public final class Precondition {
  private Precondition() {}

  /**
   * What a test that needs it throws.
   *
   * @param reason what is not there
   */
  public static RuntimeException missing(String reason) {
    return missing(reason, Optional.ofNullable(System.getenv("CI")));
  }

  static RuntimeException missing(String reason, Optional<String> ci) {
    return ci.filter("true"::equals).isPresent()
        ? new IllegalStateException("CI=true, but " + reason)
        : new TestAbortedException(reason);
  }
}
