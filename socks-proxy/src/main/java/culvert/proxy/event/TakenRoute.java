package culvert.proxy.event;

/** How a connection has reached its destination; {@link #toString} is the word for it. */
public enum TakenRoute {
  /** In an SSH session. */
  SSH("ssh"),
  PLAINTEXT("plaintext"),
  /** It was not connected. */
  REFUSED("refused");

  private final String word;

  TakenRoute(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
