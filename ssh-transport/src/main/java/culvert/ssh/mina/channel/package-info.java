/**
 * An SSH channel as a Netty channel.
 *
 * <p>Starting points: {@link culvert.ssh.mina.channel.SshDuplexChannel}, what the rest of Culvert
 * sees, and {@link culvert.ssh.mina.channel.TcpipChannel}, its other half on MINA's side. Both are
 * confined to the event loop of the SSH connection.
 */
@NullMarked
package culvert.ssh.mina.channel;

import org.jspecify.annotations.NullMarked;
