/**
 * What is measured, each beside other programs in the same rounds. Starting point: {@link
 * culvert.bench.measure.Measure}. The thread of a measure starts others, and waits for all of them.
 */
@NullMarked
package culvert.bench.measure;

import org.jspecify.annotations.NullMarked;
