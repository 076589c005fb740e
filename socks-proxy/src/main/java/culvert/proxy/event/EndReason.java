package culvert.proxy.event;

/** How a connection ended; {@link #toString} is the {@code reason} of the log and the metrics. */
public enum EndReason {
  /** Both directions ended with their EOF, every byte delivered. */
  COMPLETED("completed"),
  /** Refused before it was connected: by rule, table, limit or malformed request. */
  REFUSED("refused"),
  /** No upstream connection could be made. */
  UPSTREAM_FAILED("upstream-failed"),
  /** The client broke off. */
  CLIENT_ABORTED("client-aborted"),
  /** The server or the SSH session broke off. */
  UPSTREAM_ABORTED("upstream-aborted"),
  /** A deadline passed. */
  TIMED_OUT("timed-out"),
  /** Culvert is shutting down. */
  SHUTDOWN("shutdown"),
  /** A defect of Culvert; the log has the stack trace. */
  INTERNAL_ERROR("internal-error");

  private final String word;

  EndReason(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
