package culvert.proxy.cli;

import culvert.ssh.HostKeys;

/** What the commands drive. */
record Parts(HostKeys hostKeys) {}
