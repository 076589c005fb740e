package culvert.proxy.ftp.core;

/** What happens to a captured login. */
public sealed interface LoginEvent {

  /** The client sent a command; it is taken over, and wiped where it held a password. */
  record Sent(Command command) implements LoginEvent {}

  /**
   * The way to the destination that USER has named is known.
   *
   * @param depth how much of the login it needs; {@link LoginDepth#USER} if nothing, since the name
   *     is here
   */
  record Decided(LoginDepth depth) implements LoginEvent {}

  /** The upstream control connection stands. */
  record UpstreamOpened(Serves serves) implements LoginEvent {}

  /** The SSH login, or the destination that USER has named: the client may try another user. */
  record Refused(String text) implements LoginEvent {}

  /**
   * The SSH server is not the one that it should be. No retry can mend that, and to a client that
   * has sent its password it must not look as if: curl takes a 421 for a timeout.
   */
  record Untrusted(String text) implements LoginEvent {}

  /** No upstream control connection can be made, or the one that stood has failed. */
  record UpstreamFailed(String text) implements LoginEvent {}

  /** The server sent a whole reply. */
  record Replied(Reply reply) implements LoginEvent {}
}
