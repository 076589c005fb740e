/**
 * Measurements. Starting points: {@link culvert.bench.Bench}, which is {@code it-tests/bench/run},
 * and the benchmarks of {@code it-tests/bench/jmh}, such as {@link
 * culvert.bench.FilterEngineBenchmark}. {@code FilterEngineScaleIT} asserts the ratio that matters.
 */
@NullMarked
package culvert.bench;

import org.jspecify.annotations.NullMarked;
