/**
 * Apache MINA SSHD's input and output on Netty channels and their event loops.
 *
 * <p>Starting points: {@link culvert.ssh.mina.io.NettyIoServices}, which the SSH client is
 * configured with, and {@link culvert.ssh.mina.io.NettyIoSession}, one SSH connection's socket. The
 * SSH client's code runs on the socket's event loop, but for MINA's flusher after a key exchange.
 */
@NullMarked
package culvert.ssh.mina.io;

import org.jspecify.annotations.NullMarked;
