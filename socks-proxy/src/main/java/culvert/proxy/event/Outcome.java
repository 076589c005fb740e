package culvert.proxy.event;

/** How a job or a transfer has ended; {@link #toString} is the field. */
public enum Outcome {
  /** Every byte was delivered. */
  OK("ok"),
  /** Nothing was carried, for it was not let, or nothing was there. */
  REFUSED("refused"),
  /** The client, or Culvert, has broken it off. */
  ABORTED("aborted"),
  /** The server, or the network, has ended it before its end. */
  TRUNCATED("truncated");

  private final String word;

  Outcome(String word) {
    this.word = word;
  }

  static Outcome of(TakenRoute route, EndReason reason) {
    if (route == TakenRoute.REFUSED) {
      return reason == EndReason.CLIENT_ABORTED ? ABORTED : REFUSED;
    }
    return switch (reason) {
      case COMPLETED -> OK;
      case REFUSED -> REFUSED;
      case UPSTREAM_FAILED, UPSTREAM_ABORTED, TIMED_OUT -> TRUNCATED;
      case CLIENT_ABORTED, SHUTDOWN, INTERNAL_ERROR -> ABORTED;
    };
  }

  Outcome worse(Outcome other) {
    return compareTo(other) >= 0 ? this : other;
  }

  @Override
  public String toString() {
    return word;
  }
}
