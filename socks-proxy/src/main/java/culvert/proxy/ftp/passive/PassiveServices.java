package culvert.proxy.ftp.passive;

import culvert.proxy.owner.ClientOwners;
import culvert.ssh.AddressResolver;

/**
 * What passive mode is built on, for one session.
 *
 * @param table of the data connections that are expected
 * @param listeners for clients that do not come through the front door
 * @param resolver on behalf of the session's client
 */
public record PassiveServices(
    ExpectedDataConnections table,
    DataListeners listeners,
    ClientOwners owners,
    AddressResolver resolver) {}
