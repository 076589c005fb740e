/**
 * What a bench has found, as numbers and as a table. Starting point: {@link
 * culvert.bench.figures.Row}. Nothing here measures, and nothing has threads.
 */
@NullMarked
package culvert.bench.figures;

import org.jspecify.annotations.NullMarked;
