package culvert.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The audit trail.
 *
 * @param file where it is written
 * @param rotate octets past which a file is put aside and compressed
 * @param keep how long what was put aside is kept
 * @param paths whether the names of the files that jobs transfer are told
 * @param onFull what becomes of jobs while the trail cannot be written
 */
public record AuditSettings(Path file, long rotate, Duration keep, boolean paths, OnFull onFull) {

  /** What becomes of jobs while the trail cannot be written. */
  public enum OnFull {
    /** They go on; events that cannot be kept are counted. */
    DROP("drop"),
    /** New connections wait. */
    BLOCK("block");

    private final String word;

    OnFull(String word) {
      this.word = word;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
      return word;
    }
  }
}
