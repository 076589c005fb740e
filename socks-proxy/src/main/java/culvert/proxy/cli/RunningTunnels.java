package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.config.Secret;
import culvert.proxy.ProxyDaemon;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.SshException;
import culvert.ssh.mina.auth.PrivateKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The proxy itself as {@code culvert tunnel} sees it. */
record RunningTunnels() implements TunnelRunner {

  @Override
  public boolean isLocked(Path key, Optional<Secret> passphrase) {
    return PrivateKeys.isLocked(key, passphrase);
  }

  @Override
  public void tryLogin(CulvertConfig config, String profile)
      throws SshException, InterruptedException {
    ProxyDaemon.tryLogin(config, profile);
  }

  @Override
  public Daemon start(CulvertConfig config, TunnelStatus status) throws IOException {
    return RunningProxy.of(ProxyDaemon.start(config, status));
  }
}
