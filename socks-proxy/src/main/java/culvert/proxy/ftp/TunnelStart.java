package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.TunnelPlan;
import culvert.ssh.Password;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session whose SSH login needs nothing from FTP: the tunnel is made at once, and the real
 * greeting is relayed. The front door's answer waits for it, but only so long. Confined to the
 * session's loop.
 */
final class TunnelStart implements SessionWay.Opener {
  private final FtpServices services;
  private final Client client;
  private final TunnelPlan plan;
  private final FtpSession session;
  private final Opening opening;
  private @Nullable ScheduledFuture<?> decision;

  TunnelStart(
      FtpServices services, Client client, TunnelPlan plan, FtpSession session, Opening opening) {
    this.services = services;
    this.client = client;
    this.plan = plan;
    this.session = session;
    this.opening = opening;
  }

  void begin() {
    session.begin(this);
    if (!client.waitsForAnswer()) {
      session.accept();
    }
    decision = session.in(services.timeouts().decision(), session::accept);
    opening.openTunnel(
        plan, Optional.empty(), plan.session(client.user(), client.address().getAddress()));
  }

  @Override
  public void open(byte[] user, Optional<Password> password) {
    throw new IllegalStateException("FTP session: nothing is captured here");
  }

  @Override
  public void cancel() {
    opening.cancel();
    if (decision != null) {
      decision.cancel(false);
    }
  }
}
