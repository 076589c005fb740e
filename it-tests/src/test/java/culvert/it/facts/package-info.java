/**
 * What FTP clients and servers are known to do, row by row, and what Culvert makes of it.
 *
 * <p>Starting points: {@link culvert.it.facts.FactRow} lists the rows, a test names those that it
 * covers with {@link culvert.it.facts.Fact}, and {@link culvert.it.facts.FactsMapTest} finds the
 * rows that no test names.
 */
@NullMarked
package culvert.it.facts;

import org.jspecify.annotations.NullMarked;
