/**
 * The command line: {@code culvert run}, {@code check}, {@code explain}, {@code audit}, {@code
 * trust}, {@code tunnel}, {@code pins}, {@code unpin}, {@code demo}; signals, and the log's layouts
 * and its queue.
 *
 * <p>Starting points: {@link culvert.proxy.cli.Culvert} is the program and has a class for each
 * command; {@link culvert.proxy.cli.DemoProgram} is what another module may provide. Commands run
 * on the main thread; signals come on threads of their own and become its orders; the log is
 * written on another one.
 */
@NullMarked
package culvert.proxy.cli;

import org.jspecify.annotations.NullMarked;
