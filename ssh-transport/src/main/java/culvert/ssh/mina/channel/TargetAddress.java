package culvert.ssh.mina.channel;

import culvert.ssh.TunnelTarget;
import java.net.SocketAddress;

/** Where a channel leads, unresolved: the SSH server resolves it. */
final class TargetAddress extends SocketAddress {
  private final transient TunnelTarget target;

  TargetAddress(TunnelTarget target) {
    this.target = target;
  }

  @Override
  public String toString() {
    return "ssh:" + target;
  }
}
