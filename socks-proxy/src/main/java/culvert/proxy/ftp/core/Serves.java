package culvert.proxy.ftp.core;

/** Whose logins an upstream control connection is for. */
public enum Serves {
  /** The captured user's: it is a tunnel, made as that user. */
  ONE_IDENTITY,
  /** The captured one alone: it is in plaintext because of what became of that login. */
  ONE_LOGIN,
  /** Every one: it is in plaintext because of the rule, or because there is no way to a tunnel. */
  ANY_LOGIN
}
