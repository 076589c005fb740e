/**
 * {@code culvert demo}: the main job on embedded servers, told step by step.
 *
 * <p>Starting point: {@link culvert.demo.Demo}. Runs on the main thread, as a client of a proxy and
 * of servers that live in the same process.
 */
@NullMarked
package culvert.demo;

import org.jspecify.annotations.NullMarked;
