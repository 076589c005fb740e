/**
 * Who connects: the user and the program that own a local client's socket, as Linux tells in {@code
 * /proc}.
 *
 * <p>Starting points: {@link culvert.proxy.owner.ClientOwners}, and {@link
 * culvert.proxy.owner.ProcClientOwners}, which reads {@code /proc} on threads of its own. Asked
 * from any event loop; the answers come back there.
 */
@NullMarked
package culvert.proxy.owner;

import org.jspecify.annotations.NullMarked;
