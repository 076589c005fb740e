/**
 * What happens to connections, told once for the log, the audit trail and the metrics.
 *
 * <p>Starting points: {@link culvert.proxy.event.Story} for one connection, {@link
 * culvert.proxy.event.Job} for what belongs together, {@link culvert.proxy.event.JobObserver} for
 * who hears of it. A story is confined to its client's event loop; everything else may be called
 * from any thread.
 */
@NullMarked
package culvert.proxy.event;

import org.jspecify.annotations.NullMarked;
