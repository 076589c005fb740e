package culvert.config;

/**
 * How FTP is spoken on a control connection: the words of the section {@code ftp}, as a rule may
 * have overridden them.
 *
 * @param activeMode what becomes of PORT and EPRT
 * @param dataConnections how the client reaches passive data connections
 * @param passiveAddress where data connections lead
 * @param authTls what becomes of AUTH TLS
 */
public record FtpSettings(
    ActiveMode activeMode,
    DataConnections dataConnections,
    PassiveAddress passiveAddress,
    AuthTls authTls) {
  /** What holds where the file says nothing. */
  public static final FtpSettings STANDARD =
      new FtpSettings(
          ActiveMode.PASSIVE, DataConnections.SOCKS, PassiveAddress.CONTROL_HOST, AuthTls.REFUSE);

  /** The same for a client that speaks no SOCKS. */
  public FtpSettings withListeners() {
    return new FtpSettings(activeMode, DataConnections.LISTENER, passiveAddress, authTls);
  }

  /** What becomes of PORT and EPRT. {@link #toString} is the word of the file. */
  public enum ActiveMode {
    /** Passive mode towards the server; we connect to the client. */
    PASSIVE("passive"),
    /** A remote forward on the SSH server, named in place of the client's address. */
    REMOTE_FORWARD("remote-forward");

    private final String word;

    ActiveMode(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** How a client reaches a passive data connection. {@link #toString} is the word of the file. */
  public enum DataConnections {
    /** By another SOCKS request. */
    SOCKS("socks"),
    /** By a one-shot listener of ours, which the reply names. */
    LISTENER("listener");

    private final String word;

    DataConnections(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** Where a data connection leads. {@link #toString} is the word of the file. */
  public enum PassiveAddress {
    /** To the host of the control connection, whatever the server announces. */
    CONTROL_HOST("control-host"),
    /** To the address that the server announced. */
    ANNOUNCED("announced");

    private final String word;

    PassiveAddress(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** What becomes of AUTH TLS. {@link #toString} is the word of the file. */
  public enum AuthTls {
    /** 502, and the session goes on in clear inside the tunnel. */
    REFUSE("refuse"),
    /** The TLS session runs between client and server. */
    PASS_THROUGH("pass-through");

    private final String word;

    AuthTls(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }
}
