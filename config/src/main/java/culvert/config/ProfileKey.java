package culvert.config;

/** A key of a profile. {@link #toString} is the word of the file. */
public enum ProfileKey {
  HOST("host"),
  PORT("port"),
  USER("user"),
  AUTHENTICATION("authentication"),
  PASSWORD("password"),
  CHARSET("charset"),
  STRICT_HOST_KEY_CHECKING("strict-host-key-checking"),
  KNOWN_HOSTS("known-hosts"),
  HOST_KEY_ALIAS("host-key-alias"),
  CHECK_HOST_IP("check-host-ip"),
  IDENTITY_FILE("identity-file"),
  IDENTITY_PASSPHRASE("identity-passphrase"),
  IDENTITY_AGENT("identity-agent"),
  CERTIFICATE_FILE("certificate-file"),
  IDENTITIES_ONLY("identities-only"),
  CONNECT_TIMEOUT("connect-timeout"),
  LOGIN_TIMEOUT("login-timeout"),
  SERVER_ALIVE_INTERVAL("server-alive-interval"),
  SERVER_ALIVE_COUNT_MAX("server-alive-count-max"),
  REKEY_LIMIT("rekey-limit"),
  IDLE_TIMEOUT("idle-timeout"),
  MAX_LIFETIME("max-lifetime"),
  CONNECTIONS("connections"),
  REFUSED_LOGIN_MEMORY("refused-login-memory"),
  SSH_CONFIG("ssh-config"),
  PROXY_JUMP("proxy-jump"),
  PROXY("proxy"),
  CIPHERS(AlgorithmKind.CIPHERS.toString()),
  MACS(AlgorithmKind.MACS.toString()),
  KEX_ALGORITHMS(AlgorithmKind.KEX.toString()),
  HOST_KEY_ALGORITHMS(AlgorithmKind.HOST_KEYS.toString());

  private final String word;

  ProfileKey(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
