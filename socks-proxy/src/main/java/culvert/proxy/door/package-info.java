/**
 * What every front door (SOCKS today) hands to the routing: a client that asked for a destination
 * and waits for the answer.
 *
 * <p>Starting points: {@link culvert.proxy.door.Client}, {@link culvert.proxy.door.ClientHandler}.
 * Confined to the client channel's event loop.
 */
@NullMarked
package culvert.proxy.door;

import org.jspecify.annotations.NullMarked;
