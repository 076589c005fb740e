package culvert.proxy.ftp.core;

/** What the session has to do after the {@link ControlDialogue} has seen something, in order. */
public sealed interface ControlEffect {

  /** Bytes for the server. May hold a password: their owner wipes them after writing. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToServer(byte[] bytes) implements ControlEffect {
    @Override
    public String toString() {
      return "ToServer";
    }
  }

  /** Bytes for the client, not to be changed. */
  @SuppressWarnings("ArrayRecordComponent")
  record ToClient(byte[] bytes) implements ControlEffect {
    @Override
    public String toString() {
      return "ToClient";
    }
  }

  /**
   * The server answered the client's PASV or EPSV: expect a data connection, and tell the client.
   *
   * @param extended whether the client asked with EPSV
   * @param reply a port that is allowed
   * @param line the server's own words
   */
  record Passive(boolean extended, PassiveReply reply, ReplyLine line) implements ControlEffect {}

  /** An ABOR has gone to the server while a transfer was pending. */
  record AbortSent() implements ControlEffect {}

  /** The reply that {@link AbortSent} asked for has come, or the transfer's own. */
  record AbortAnswered() implements ControlEffect {}

  /** Both sides begin with TLS now: relay bytes, understand nothing. */
  record Opaque() implements ControlEffect {}
}
