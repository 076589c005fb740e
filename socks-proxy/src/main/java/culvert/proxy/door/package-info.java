/**
 * What every front door (SOCKS today) hands to the routing: a client that asked for a destination
 * and waits for the answer.
 *
 * <p>Starting point: {@link culvert.proxy.door.Client}. Confined to the client channel's event
 * loop.
 */
@NullMarked
package culvert.proxy.door;

import org.jspecify.annotations.NullMarked;
