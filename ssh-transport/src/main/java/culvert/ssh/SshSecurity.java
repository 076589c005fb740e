package culvert.ssh;

/**
 * How an SSH session is protected, as of its login, in the protocol's names.
 *
 * @param method by which the user was let in (RFC 4252), of several the last
 * @param hostKey the server's, verified: its type and fingerprint, {@code ssh-ed25519 SHA256:...}
 * @param kex the key exchange method (RFC 4253 section 7.1)
 * @param cipher the encryption; where the directions differ, both: client to server, then server to
 *     client
 */
public record SshSecurity(String method, String hostKey, String kex, String cipher) {}
