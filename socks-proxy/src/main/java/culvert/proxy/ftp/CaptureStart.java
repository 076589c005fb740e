package culvert.proxy.ftp;

import culvert.proxy.door.Client;
import culvert.proxy.ftp.core.LoginCapture;
import culvert.proxy.ftp.core.LoginDepth;
import culvert.proxy.upstream.Opening;
import culvert.proxy.upstream.TunnelPlan;
import culvert.ssh.Password;
import culvert.ssh.SshException;
import culvert.ssh.SshTransport.Preparation;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session whose SSH login needs the FTP login. While the client types, the SSH connection is made
 * up to the point where the login is due. The front door's answer waits until the SSH server is
 * reached, so that a dead one is a true failure of the front door, or plaintext from the greeting
 * on; but only so long. Confined to the session's loop.
 */
final class CaptureStart implements SessionWay.Opener {
  private final FtpServices services;
  private final Client client;
  private final TunnelPlan plan;
  private final FtpSession session;
  private final Opening opening;
  private final LoginDepth depth;
  private Optional<Preparation> preparation = Optional.empty();
  private @Nullable ScheduledFuture<?> decision;
  private boolean decided;

  CaptureStart(
      FtpServices services,
      Client client,
      TunnelPlan plan,
      FtpSession session,
      Opening opening,
      LoginDepth depth) {
    this.services = services;
    this.client = client;
    this.plan = plan;
    this.session = session;
    this.opening = opening;
    this.depth = depth;
  }

  void begin() {
    session.begin(this);
    if (!client.waitsForAnswer()) {
      session.accept();
    }
    EventLoop loop = client.channel().eventLoop();
    decision = session.in(services.timeouts().decision(), this::undecided);
    preparation =
        plan.prepare(
            services.upstreams().ssh(), client.user(), client.address().getAddress(), loop);
    preparation.ifPresentOrElse(
        prepared ->
            prepared
                .reached()
                .addListener(
                    (FutureListener<Void>)
                        done -> session.home().post(() -> session.guarded(() -> reached(done)))),
        this::undecided); // the failure is the login's
  }

  private void reached(Future<Void> reached) {
    if (decided || session.hasEnded()) {
      return;
    }
    decided = true;
    if (reached.isSuccess() || Opening.isAbandoned(reached)) {
      session.capture(new LoginCapture(depth));
    } else {
      opening.fallBack(plan, SshException.of(reached.cause()));
    }
  }

  /** The time is up: if the server has still to be reached, it may come yet. */
  private void undecided() {
    if (decided) {
      session.accept(); // plaintext is being tried, and its greeting will be relayed
    } else {
      decided = true;
      session.capture(new LoginCapture(depth));
    }
  }

  @Override
  public void open(byte[] user, Optional<Password> password) {
    Optional<Preparation> first = preparation;
    preparation = Optional.empty(); // serves one login
    opening.openTunnel(
        plan, first, plan.session(user, password, client.user(), client.address().getAddress()));
  }

  @Override
  public void cancel() {
    opening.cancel();
    if (decision != null) {
      decision.cancel(false);
    }
  }
}
