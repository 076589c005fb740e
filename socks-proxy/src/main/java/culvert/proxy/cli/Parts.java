package culvert.proxy.cli;

import culvert.proxy.capture.CaptureHost;
import culvert.proxy.capture.ThisHost;
import culvert.proxy.check.Machine;
import culvert.proxy.check.ThisMachine;
import culvert.ssh.HostKeys;
import culvert.ssh.mina.hostkey.MinaHostKeys;

/** What the commands drive. */
record Parts(
    Daemon.Starter daemon,
    TunnelRunner tunnels,
    HostKeys hostKeys,
    Signals signals,
    Machine machine,
    CaptureHost captureHost) {

  /** The program's own. */
  static Parts ofProcess() {
    return new Parts(
        RunningProxy::start,
        new RunningTunnels(),
        new MinaHostKeys(),
        Signals.ofProcess(),
        new ThisMachine(),
        new ThisHost());
  }
}
