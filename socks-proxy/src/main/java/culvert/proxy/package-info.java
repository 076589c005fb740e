/**
 * The proxy daemon.
 *
 * <p>Starting points: {@link culvert.proxy.ProxyDaemon} is the wiring; {@link
 * culvert.proxy.route.Router} takes a connection from its front door to where it goes.
 */
@NullMarked
package culvert.proxy;

import org.jspecify.annotations.NullMarked;
