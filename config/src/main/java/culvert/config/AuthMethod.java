package culvert.config;

/** An SSH authentication method (RFC 4252, RFC 4256). {@link #toString} is its name on the wire. */
public enum AuthMethod {
  PUBLICKEY("publickey"),
  KEYBOARD_INTERACTIVE("keyboard-interactive"),
  PASSWORD("password");

  private final String word;

  AuthMethod(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
