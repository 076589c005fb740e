/**
 * The front door for SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): from the accepted socket to a client
 * that asked for a destination.
 *
 * <p>Starting points: {@link culvert.proxy.socks.SocksDoor} shows the pipeline, {@code
 * SocksHandshake} what both versions have in common. Confined to the accepted channel's event loop.
 */
@NullMarked
package culvert.proxy.socks;

import org.jspecify.annotations.NullMarked;
