/**
 * Whoever has started the process and watches over it.
 *
 * <p>Starting point: {@link culvert.proxy.service.ServiceManager}. Called from the main thread, and
 * blocks it for a moment.
 */
@NullMarked
package culvert.proxy.service;

import org.jspecify.annotations.NullMarked;
