/**
 * FTP through the proxy: login capture and replay, data connections. The protocol core is free of
 * I/O and of Netty.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.FtpSessions}, {@link
 * culvert.proxy.ftp.DataConnections}. One FTP session is confined to its control connection's event
 * loop; the table of expected data connections is shared.
 */
@NullMarked
package culvert.proxy.ftp;

import org.jspecify.annotations.NullMarked;
