package culvert.ssh;

/** How a host key is another one than what is known. */
public enum HostKeyChange {
  /** Other keys of the server are known. */
  OTHER_KEY,
  /** The server's address is known with another key than its name. */
  OTHER_ADDRESS,
  /** An authority is known that certifies the server, and has not certified this key. */
  NOT_CERTIFIED,
  /** The key, or the authority that certified it, is revoked. */
  REVOKED,
  /** The connection has begun with another one. */
  SWITCHED
}
