package culvert.proxy.ftp.active;

import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.OpenConnections;

/**
 * What active mode is built on.
 *
 * @param limits connections to clients count like those of clients
 * @param binds clients that wait at a front door instead of listening
 * @param connections are told of each data connection
 */
public record ActiveServices(
    ConnectionLimits limits, BindTable binds, OpenConnections connections) {}
