package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.SshException;

/** What {@code culvert tunnel} runs. */
interface TunnelRunner {

  /**
   * Logs in to a profile's SSH server once, and hangs up. Blocks.
   *
   * @throws SshException the login failed
   */
  void tryLogin(CulvertConfig config, String profile) throws SshException, InterruptedException;

  /**
   * Returns when every listener here is bound.
   *
   * @throws Exception with a message for the user; nothing is left running then
   */
  Daemon start(CulvertConfig config, TunnelStatus status) throws Exception;
}
