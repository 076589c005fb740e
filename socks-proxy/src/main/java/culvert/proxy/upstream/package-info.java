/**
 * Connections towards servers.
 *
 * <p>Starting point: {@link culvert.proxy.upstream.Opening}. Nothing blocks an event loop.
 */
@NullMarked
package culvert.proxy.upstream;

import org.jspecify.annotations.NullMarked;
