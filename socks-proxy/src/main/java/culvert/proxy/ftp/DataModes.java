package culvert.proxy.ftp;

/** The two ways in which a client gets its data connections from one upstream. */
record DataModes(PassivePorts passive, ActiveMode active, DataConnector connector) {}
