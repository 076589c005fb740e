package culvert.proxy.ftp;

import culvert.proxy.door.OpenConnections;

/**
 * What active mode is built on.
 *
 * @param dialer the way to clients that came through a front door here
 * @param binds clients that wait at a front door instead of listening
 * @param connections are told of each data connection
 */
public record ActiveServices(ClientDialer dialer, BindTable binds, OpenConnections connections) {}
