package culvert.it.compat;

/** Who opens the data connections as the client sees it, and what Culvert makes of it. */
enum Mode {
  PASSIVE("passive", "198.51.100.21"),
  /** PORT and EPRT are converted to EPSV or PASV. */
  ACTIVE("active", "198.51.100.21"),
  /** PORT and EPRT are rewritten to a remote forward on the SSH server. */
  ACTIVE_FORWARDED("active, remote-forward", "198.51.100.22");

  private final String shown;
  private final String host;

  Mode(String shown, String host) {
    this.shown = shown;
    this.host = host;
  }

  /** Why a client cannot be active that checks the source of the data. */
  static Reason sourceIsChecked(Task task) {
    return new Reason(
        "the client takes active data only from the address that it named as the server's, and"
            + " without BIND Culvert connects from its own",
        task != Task.ABORT);
  }

  boolean isPassive() {
    return this == PASSIVE;
  }

  String shown() {
    return shown;
  }

  /**
   * The FTP servers' address as the clients know it, by which the rules tell the modes apart. It is
   * reserved for documentation, so that what does not go through the proxy goes nowhere; the rules
   * lead to the SSH server's localhost.
   */
  String host() {
    return host;
  }
}
