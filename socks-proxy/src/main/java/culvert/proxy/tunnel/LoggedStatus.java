package culvert.proxy.tunnel;

import culvert.proxy.upstream.Refusals;
import culvert.ssh.BindAddress;
import culvert.ssh.PlainWords;
import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log. */
public final class LoggedStatus implements TunnelStatus {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.tunnel");

  @Override
  public void listening(String listener, SshServer server, BindAddress bound) {
    LOG.atInfo()
        .addKeyValue("listener", listener)
        .addKeyValue("ssh", Map.of("server", server))
        .addKeyValue("address", bound)
        .log("the SSH server listens for the remote tunnel");
  }

  @Override
  public void down(String listener, SshServer server, SshException why, Duration retryIn) {
    LOG.atWarn()
        .addKeyValue("listener", listener)
        .addKeyValue("ssh", Map.of("server", server))
        .addKeyValue("reason", why.failure())
        .addKeyValue("detail", Printable.text(PlainWords.of(why)))
        .addKeyValue("retryIn", retryIn.toSeconds() + "s")
        .setCause(Refusals.isDefect(why) ? why : null)
        .log("the remote tunnel is down, and will be tried again");
  }
}
