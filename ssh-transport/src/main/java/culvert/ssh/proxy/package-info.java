/**
 * Upstream proxies on the way to an SSH server: SOCKS 5 and HTTP CONNECT.
 *
 * <p>Starting points: {@link culvert.ssh.proxy.ProxyHandshake}, and {@link
 * culvert.ssh.proxy.ProxyDialogue}, which is free of I/O. A handshake is confined to its channel's
 * event loop.
 */
@NullMarked
package culvert.ssh.proxy;

import org.jspecify.annotations.NullMarked;
