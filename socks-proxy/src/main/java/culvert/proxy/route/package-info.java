/**
 * Takes a connection from its front door to the relay or to FTP.
 *
 * <p>Starting point: {@link culvert.proxy.route.Router}. A connection is confined to its client
 * channel's event loop.
 */
@NullMarked
package culvert.proxy.route;

import org.jspecify.annotations.NullMarked;
