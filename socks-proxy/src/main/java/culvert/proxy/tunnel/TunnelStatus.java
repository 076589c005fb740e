package culvert.proxy.tunnel;

import culvert.ssh.BindAddress;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import java.time.Duration;

/** Hears how remote tunnels fare. Called from event loops: must not block. */
public interface TunnelStatus {

  /** Its SSH server listens. */
  void listening(String listener, SshServer server, BindAddress bound);

  /** Its SSH server does not listen, or no longer; the next attempt comes after that time. */
  void down(String listener, SshServer server, SshException why, Duration retryIn);
}
