package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.Secret;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.SshException;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code culvert tunnel} runs. */
interface TunnelRunner {

  /** Whether nothing but the right passphrase is missing to use a private key. Blocks. */
  boolean isLocked(Path key, Optional<Secret> passphrase);

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
