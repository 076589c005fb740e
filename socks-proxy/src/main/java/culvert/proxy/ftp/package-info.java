/**
 * FTP control connections through the proxy. The protocol core ({@code core}) is free of I/O and of
 * Netty; data connections are in {@code passive}, {@code active} and {@code data}, which know no
 * session.
 *
 * <p>Starting points: {@link culvert.proxy.ftp.FtpSessions}, {@link culvert.proxy.ftp.FtpSession}.
 * One FTP session is confined to its control connection's event loop.
 */
@NullMarked
package culvert.proxy.ftp;

import org.jspecify.annotations.NullMarked;
