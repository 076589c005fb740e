package culvert.config.ssh;

/** What a line can set that means something here. */
enum Option {
  HOST_NAME,
  PORT,
  USER,
  IDENTITY_FILE,
  CERTIFICATE_FILE,
  IDENTITY_AGENT,
  IDENTITIES_ONLY,
  PROXY_JUMP,
  /** Only that there is one: it is never run, but keeps a later ProxyJump out. */
  PROXY_COMMAND,
  USER_KNOWN_HOSTS_FILE,
  GLOBAL_KNOWN_HOSTS_FILE,
  STRICT_HOST_KEY_CHECKING,
  HOST_KEY_ALIAS,
  CHECK_HOST_IP,
  CIPHERS,
  MACS,
  KEX_ALGORITHMS,
  HOST_KEY_ALGORITHMS,
  SERVER_ALIVE_INTERVAL,
  SERVER_ALIVE_COUNT_MAX,
  CONNECT_TIMEOUT,
  REKEY_LIMIT,
  REKEY_INTERVAL,
  PREFERRED_AUTHENTICATIONS,
  PUBKEY_AUTHENTICATION,
  PASSWORD_AUTHENTICATION,
  KBD_INTERACTIVE_AUTHENTICATION;

  /** Whether every value counts, not only the first one. */
  boolean accumulates() {
    return this == IDENTITY_FILE || this == CERTIFICATE_FILE;
  }
}
