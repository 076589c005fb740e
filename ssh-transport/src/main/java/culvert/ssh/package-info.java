/**
 * SSH sessions, channels and remote forwards for the rest of Culvert: an SSH channel is a Netty
 * {@link io.netty.channel.socket.DuplexChannel}.
 *
 * <p>Starting points: {@link culvert.ssh.SshTransport}, {@link culvert.ssh.SshSession}. Nothing
 * blocks the caller; futures complete on the event loop that the caller names. Nothing here knows
 * FTP, rules or SOCKS, and no type of the SSH library shows.
 */
@NullMarked
package culvert.ssh;

import org.jspecify.annotations.NullMarked;
