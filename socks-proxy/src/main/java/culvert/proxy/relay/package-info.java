/**
 * Bytes from one channel to another, with back-pressure, half-close and abort kept apart.
 *
 * <p>Starting point: {@code Relay}.
 */
@NullMarked
package culvert.proxy.relay;

import org.jspecify.annotations.NullMarked;
