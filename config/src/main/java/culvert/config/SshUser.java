package culvert.config;

/** Where the SSH user name comes from. */
public sealed interface SshUser {

  /** {@code from-ftp}: the argument of {@code USER}. */
  record FromFtp() implements SshUser {}

  /** {@code from-socks}: the SOCKS user name. */
  record FromSocks() implements SshUser {}

  /** A fixed name. */
  record Fixed(String name) implements SshUser {}
}
