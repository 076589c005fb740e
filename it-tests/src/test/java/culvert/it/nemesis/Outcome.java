package culvert.it.nemesis;

import culvert.it.peers.Sha256;
import java.util.Optional;

/**
 * How a job looks to its client.
 *
 * @param whole what it has to take for a whole file: it was told success, and nothing spoke against
 *     it; empty: it has seen an error, or has given up
 * @param seen what shows that, for the story
 */
record Outcome(Optional<Sha256> whole, String seen) {
  static Outcome whole(Sha256 content) {
    return new Outcome(Optional.of(content), "whole");
  }

  static Outcome error(String seen) {
    return new Outcome(Optional.empty(), seen.isEmpty() ? "control connection closed" : seen);
  }
}
