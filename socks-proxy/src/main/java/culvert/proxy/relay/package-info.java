/**
 * Bytes from one channel to another, with back-pressure, half-close and abort kept apart.
 *
 * <p>Starting points: {@code Relay}, and {@link culvert.proxy.relay.HomeLoop}, the loop that a
 * channel lives on. Each direction is confined to the loop of the channel that it reads; both
 * channels of a pair may live on different loops.
 */
@NullMarked
package culvert.proxy.relay;

import org.jspecify.annotations.NullMarked;
