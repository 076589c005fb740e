/**
 * One SSH connection: how it is made, by whatever way, and what runs on it. Knows nothing of who
 * shares it.
 *
 * <p>Starting points: {@link culvert.ssh.mina.connection.SshConnection}, from its TCP connect to
 * its end, and {@link culvert.ssh.mina.connection.SessionChannels}, what runs on it when it is
 * logged in. Confined to the connection's event loop, but for what says otherwise.
 */
@NullMarked
package culvert.ssh.mina.connection;

import org.jspecify.annotations.NullMarked;
