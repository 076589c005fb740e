package culvert.config;

/** What becomes of a connection. {@link #toString} is the word of the file. */
public enum Action {
  /** FTP through an SSH tunnel, its data connections too. */
  FTP_TUNNEL("ftp-tunnel"),
  /** Any TCP connection through an SSH tunnel. */
  TUNNEL("tunnel"),
  /** Straight to the destination, in plaintext. */
  DIRECT("direct"),
  /** Refused. */
  BLOCK("block");

  private final String word;

  Action(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
