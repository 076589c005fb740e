/**
 * Fixed tunnels: front doors without a handshake, whose clients all go to one target.
 *
 * <p>Starting point: {@link culvert.proxy.tunnel.TunnelDoor}. A client is confined to its channel's
 * event loop.
 */
@NullMarked
package culvert.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
