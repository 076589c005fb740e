package culvert.proxy.ftp;

/**
 * The two ways in which a client gets its data connections from one upstream.
 *
 * @param events what data connections tell
 */
record DataModes(
    PassivePorts passive, ActiveMode active, DataConnector connector, DataEvents events) {}
