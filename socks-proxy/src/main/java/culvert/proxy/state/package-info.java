/**
 * Files that outlive the process, for its user alone.
 *
 * <p>Starting point: {@link culvert.proxy.state.StateDirectory}. Everything here blocks for the
 * file system.
 */
@NullMarked
package culvert.proxy.state;

import org.jspecify.annotations.NullMarked;
