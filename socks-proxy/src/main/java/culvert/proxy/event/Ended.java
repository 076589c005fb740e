package culvert.proxy.event;

import java.time.Duration;
import java.util.Optional;

/**
 * How a job or a transfer has ended.
 *
 * @param why it was not by SSH: a word of few; empty: it was
 * @param up bytes of the data, from the client to the server
 * @param down from the server to the client
 * @param reason of its connection
 * @param detail for people; perhaps empty
 */
public record Ended(
    TakenRoute route,
    Optional<String> why,
    long up,
    long down,
    Duration duration,
    Outcome outcome,
    EndReason reason,
    String detail) {
  /** Why it is in plaintext where no tunnel was wanted. */
  public static final String BY_RULE = "rule";

  Ended with(Outcome other) {
    return new Ended(route, why, up, down, duration, other, reason, detail);
  }
}
