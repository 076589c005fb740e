/**
 * How files that a configuration names are opened.
 *
 * <p>Starting point: {@link culvert.config.file.RegularFile}. What a user hands over on the command
 * line may be a {@link culvert.config.file.ShellPipe}. Everything here is without state and may be
 * used from any thread that may block.
 */
@NullMarked
package culvert.config.file;

import org.jspecify.annotations.NullMarked;
