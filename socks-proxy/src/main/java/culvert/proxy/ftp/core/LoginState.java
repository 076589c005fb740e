package culvert.proxy.ftp.core;

/** Where a captured login stands. */
public enum LoginState {
  AWAIT_USER,
  AWAIT_PASS,
  /** USER has named a destination about which the rules have still to decide; commands wait. */
  DECIDING,
  /** Everything is captured and the upstream control connection is being made; commands wait. */
  OPENING_UPSTREAM,
  /** The server hears what the client said; commands wait. */
  REPLAYING_LOGIN,
  /** The server has answered: from here on the control connection is relayed. */
  LOGGED_IN,
  /** Over: the client was told why. */
  REFUSED
}
