package culvert.proxy.cli;

import culvert.config.CulvertConfig;
import culvert.proxy.ProxyDaemon;
import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.SshException;
import java.io.IOException;

/** The proxy itself as {@code culvert tunnel} sees it. */
record RunningTunnels() implements TunnelRunner {

  @Override
  public void tryLogin(CulvertConfig config, String profile)
      throws SshException, InterruptedException {
    ProxyDaemon.tryLogin(config, profile);
  }

  @Override
  public Daemon start(CulvertConfig config, TunnelStatus status) throws IOException {
    return new RunningProxy(ProxyDaemon.start(config, status));
  }
}
