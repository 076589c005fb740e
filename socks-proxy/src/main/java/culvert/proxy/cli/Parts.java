package culvert.proxy.cli;

import culvert.proxy.check.Machine;
import culvert.ssh.HostKeys;

/** What the commands drive. */
record Parts(
    Daemon.Starter daemon,
    TunnelRunner tunnels,
    HostKeys hostKeys,
    Signals signals,
    Machine machine) {}
