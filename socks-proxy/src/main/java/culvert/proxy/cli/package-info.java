/**
 * The command line: {@code culvert run}, {@code check}, {@code explain}, {@code trust}, {@code
 * tunnel}, {@code demo}.
 *
 * <p>Starting points: {@link culvert.proxy.cli.DemoProgram} is what another module may provide.
 * Everything runs on the main thread.
 */
@NullMarked
package culvert.proxy.cli;

import org.jspecify.annotations.NullMarked;
