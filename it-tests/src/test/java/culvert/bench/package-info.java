/**
 * Measurements. Starting point: {@link culvert.bench.FilterEngineBenchmark}; run its {@code main}
 * with the test class path. {@code FilterEngineScaleIT} asserts the ratio that matters.
 */
@NullMarked
package culvert.bench;

import org.jspecify.annotations.NullMarked;
