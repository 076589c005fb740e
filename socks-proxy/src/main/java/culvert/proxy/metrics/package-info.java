/**
 * Counts what happens, for Prometheus. The only package that knows Micrometer and Prometheus'
 * library.
 *
 * <p>Starting point: {@link culvert.proxy.metrics.Metrics}. Any thread may call.
 */
@NullMarked
package culvert.proxy.metrics;

import org.jspecify.annotations.NullMarked;
