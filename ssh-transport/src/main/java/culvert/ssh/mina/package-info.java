/**
 * {@link culvert.ssh.SshTransport} on Apache MINA SSHD, the only packages that know it.
 *
 * <p>Starting point: {@link culvert.ssh.mina.MinaSshTransport}.
 */
@NullMarked
package culvert.ssh.mina;

import org.jspecify.annotations.NullMarked;
