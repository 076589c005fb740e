package culvert.proxy.event;

/**
 * A command that moves data.
 *
 * @param number its own in the session
 * @param request of the data connection that it is to have, see {@link
 *     ConnectionRecorder#belongsTo}
 * @param command {@code RETR}, {@code STOR}, {@code LIST}, ...
 * @param path its argument; perhaps empty
 */
public record FtpTransfer(int number, int request, String command, String path) {}
