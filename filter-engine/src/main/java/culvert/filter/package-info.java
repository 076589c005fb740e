/**
 * Which rule a connection matches: a pure function of an immutable rule set.
 *
 * <p>Starting points: {@link culvert.filter.FilterEngine}, {@link culvert.filter.Decision}. No I/O,
 * no DNS, no clock; everything may be used from any thread.
 */
@NullMarked
package culvert.filter;

import org.jspecify.annotations.NullMarked;
