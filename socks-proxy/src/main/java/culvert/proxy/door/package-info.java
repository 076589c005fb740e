/**
 * What all front doors (SOCKS, fixed tunnels, and the forwards of remote ones) share: who has come
 * and from where, who may come in and how many, and the listeners that they come to. A front door
 * hands the routing a client that has asked for a destination and waits for the answer.
 *
 * <p>Starting points: {@link culvert.proxy.door.Arrival}, {@link culvert.proxy.door.Admission},
 * {@link culvert.proxy.door.Client}. A client is confined to its channel's event loop; what counts
 * all of them is thread-safe.
 */
@NullMarked
package culvert.proxy.door;

import org.jspecify.annotations.NullMarked;
