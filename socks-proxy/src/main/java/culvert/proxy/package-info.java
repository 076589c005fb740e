/**
 * The proxy daemon: its parts, and how they are connected.
 *
 * <p>Starting points: {@link culvert.proxy.ProxyDaemon} is the wiring, {@code FrontDoors} where
 * clients come in; {@link culvert.proxy.route.Router} takes a connection from its front door to
 * where it goes. A daemon is started, reloaded and stopped by one thread, the command's; what waits
 * for files or names runs on its {@code BlockingPool}, never on an event loop.
 */
@NullMarked
package culvert.proxy;

import org.jspecify.annotations.NullMarked;
