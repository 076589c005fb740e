/**
 * What a valid configuration hardly means, and what it lets through.
 *
 * <p>Starting points: {@link culvert.proxy.check.Holes} looks at the configuration alone, {@link
 * culvert.proxy.check.MachineChecks} at what it needs of a {@link culvert.proxy.check.Machine},
 * {@link culvert.proxy.check.PlaintextWays} lists what may go in plaintext. Values and functions;
 * only a {@code Machine} blocks.
 */
@NullMarked
package culvert.proxy.check;

import org.jspecify.annotations.NullMarked;
