/**
 * Captured connections: a front door without a handshake, to which netfilter brings what was on its
 * way to somebody else (Linux), and whose clients know nothing of it.
 *
 * <p>Starting points: {@link culvert.proxy.redirect.RedirectDoor}, {@link
 * culvert.proxy.redirect.OriginalDestination}. A client is confined to its channel's event loop.
 */
@NullMarked
package culvert.proxy.redirect;

import org.jspecify.annotations.NullMarked;
