/**
 * Active mode: how a client that names its own port is reached, and what the server is told in
 * place of that.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.active.ActiveData} is one session's, confined to its
 * loop; {@link culvert.proxy.ftp.active.BindTable} is shared by all.
 */
@NullMarked
package culvert.proxy.ftp.active;

import org.jspecify.annotations.NullMarked;
