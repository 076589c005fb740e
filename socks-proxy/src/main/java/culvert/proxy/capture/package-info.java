/**
 * Has netfilter bring connections of clients that know no proxy to the {@code redirect} listeners
 * (Linux, nftables).
 *
 * <p>Starting points: {@link culvert.proxy.capture.CapturePlan} is the table of rules as text, a
 * pure function of the configuration and of what {@link culvert.proxy.capture.CaptureScope} has
 * found on this host; {@link culvert.proxy.capture.Capture} is what the daemon does with it.
 *
 * <p>{@code nft} is asked by threads that may wait for it: never by an event loop.
 */
@NullMarked
package culvert.proxy.capture;

import org.jspecify.annotations.NullMarked;
