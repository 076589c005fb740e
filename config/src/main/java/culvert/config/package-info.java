/**
 * The configuration {@code culvert.yaml} as immutable records.
 *
 * <p>Starting points: {@link culvert.config.CulvertConfig} is the whole of it, {@link
 * culvert.config.SshProfile} the way to an SSH server. {@code culvert.config.read} makes them.
 * Everything here is immutable and may be used from any thread.
 */
@NullMarked
package culvert.config;

import org.jspecify.annotations.NullMarked;
