/**
 * A session's data connections, whoever began them.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.data.DataConnector} makes them on the way that
 * {@link culvert.proxy.upstream.Upstream} is, and {@link culvert.proxy.ftp.data.DataSession} hears
 * of them. Each is confined to its client's loop, the session to another one.
 */
@NullMarked
package culvert.proxy.ftp.data;

import org.jspecify.annotations.NullMarked;
