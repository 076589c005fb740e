/**
 * What happens to connections, told to the log and the metrics.
 *
 * <p>Starting point: {@link culvert.proxy.event.ConnectionRecorder}.
 */
@NullMarked
package culvert.proxy.event;

import org.jspecify.annotations.NullMarked;
