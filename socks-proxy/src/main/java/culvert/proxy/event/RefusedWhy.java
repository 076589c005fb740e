package culvert.proxy.event;

/** Why a connection, or a login that asked for one, was refused; {@link #toString} is the word. */
public enum RefusedWhy {
  /** A rule blocks it. */
  RULE("rule"),
  /** The SSH server's host key is not to be trusted. */
  HOST_KEY("host-key"),
  /** The SSH server has not let the user in. */
  LOGIN("login"),
  /** Neither the SSH server nor, in plaintext, the destination was reached. */
  UNREACHABLE("unreachable"),
  /** The SSH server forbids the channel. */
  FORWARDING_REFUSED("forwarding-refused"),
  /** The SSH server has not reached the destination. */
  TARGET_UNREACHABLE("target-unreachable"),
  /** It would leave a tunnel, or lead to Culvert itself. */
  NOT_ALLOWED("not-allowed"),
  /** Culvert was too busy, is ending, or is at fault. */
  CULVERT("culvert");

  private final String word;

  RefusedWhy(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
