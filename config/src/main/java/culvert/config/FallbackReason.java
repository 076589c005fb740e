package culvert.config;

/** Why no tunnel could be made. {@link #toString} is the word of {@code fallback-on}. */
public enum FallbackReason {
  /** No TCP connection, no SSH banner, key exchange failed, or a deadline passed. */
  UNREACHABLE("unreachable"),
  /** Nothing to log in with, as for anonymous FTP. */
  NO_IDENTITY("no-identity"),
  AUTH_FAILED("auth-failed"),
  FORWARDING_REFUSED("forwarding-refused"),
  /** The SSH server cannot reach the FTP server. */
  TARGET_UNREACHABLE("target-unreachable");

  private final String word;

  FallbackReason(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
