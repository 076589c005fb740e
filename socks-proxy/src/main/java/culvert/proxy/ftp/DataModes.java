package culvert.proxy.ftp;

import culvert.proxy.ftp.active.ActiveData;
import culvert.proxy.ftp.data.DataConnector;
import culvert.proxy.ftp.data.DataEvents;
import culvert.proxy.ftp.passive.PassivePorts;

/**
 * The two ways in which a client gets its data connections from one upstream.
 *
 * @param events what data connections tell
 */
record DataModes(
    PassivePorts passive, ActiveData active, DataConnector connector, DataEvents events) {}
