package culvert.proxy.event;

/**
 * Why a client never came to ask for a destination; {@link #toString} is the word of the log and
 * the metrics.
 */
public enum HandshakeFailure {
  /** Its address is not in {@code allow-from}. */
  ADDRESS_NOT_ALLOWED("address-not-allowed"),
  /** It has connected to a {@code redirect} listener itself: netfilter has not brought it. */
  NOT_CAPTURED("not-captured"),
  /** Culvert's own connection to somebody else, which was captured like others. */
  OWN_CONNECTION("own-connection"),
  /** Too many connections, in total or from its address. */
  TOO_MANY_CONNECTIONS("too-many-connections"),
  /** The first byte belongs to another protocol. */
  OTHER_PROTOCOL("other-protocol"),
  MALFORMED("malformed"),
  /** No acceptable method, or wrong name or password. */
  NOT_AUTHENTICATED("not-authenticated"),
  /** A command other than CONNECT and BIND. */
  COMMAND_NOT_SUPPORTED("command-not-supported"),
  /** A BIND beside no FTP session. */
  NOT_EXPECTED("not-expected"),
  TIMED_OUT("timed-out"),
  /** The client closed, was reset, or has vanished, before it had asked. */
  HUNG_UP("hung-up"),
  /** A defect of Culvert; the log has the stack trace. */
  INTERNAL_ERROR("internal-error");

  private final String word;

  HandshakeFailure(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
