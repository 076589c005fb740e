/**
 * What happens to connections, told to the log and the metrics.
 *
 * <p>Starting points: {@link culvert.proxy.event.Story} for one connection, {@link
 * culvert.proxy.event.ProxyEvents} for what is counted. A recorder is confined to its client's
 * event loop; everything else may be called from any thread.
 */
@NullMarked
package culvert.proxy.event;

import org.jspecify.annotations.NullMarked;
