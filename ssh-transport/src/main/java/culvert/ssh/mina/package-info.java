/**
 * {@link culvert.ssh.SshTransport} on Apache MINA SSHD: this package and those below it are the
 * only ones that know it.
 *
 * <p>Starting points: {@link culvert.ssh.mina.MinaSshTransport}; then {@code pool}, who shares
 * which connection, and {@code connection}, one of them. The transport is thread-safe; a connection
 * and its channels are confined to the event loop that its socket lives on.
 */
@NullMarked
package culvert.ssh.mina;

import org.jspecify.annotations.NullMarked;
