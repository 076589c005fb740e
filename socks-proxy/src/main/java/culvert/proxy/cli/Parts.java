package culvert.proxy.cli;

import culvert.ssh.HostKeys;

/** What the commands drive. */
record Parts(Daemon.Starter daemon, TunnelRunner tunnels, HostKeys hostKeys, Signals signals) {}
