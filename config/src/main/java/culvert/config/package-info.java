/**
 * The configuration {@code culvert.yaml} as immutable records, read with all its problems at once.
 *
 * <p>Starting points: {@link culvert.config.ConfigLoader} reads, {@link
 * culvert.config.CulvertConfig} is what comes out. Everything here is immutable and may be used
 * from any thread.
 */
@NullMarked
package culvert.config;

import org.jspecify.annotations.NullMarked;
