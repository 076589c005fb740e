package culvert.ssh.mina.connection;

import culvert.config.SshProfile;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.KexState;
import org.jspecify.annotations.Nullable;

/**
 * Notices a server that freezes in the middle of a key exchange: MINA's keepalives pause there. It
 * gets as long as for keepalives, for each exchange: where limits are small and the way is long,
 * one may follow the other at once. Confined to the session's event loop.
 */
final class KeyExchangeWatch {
  private final ClientSession session;
  private final SshProfile profile;
  private final Runnable frozen;
  private int unfinishedChecks;
  private @Nullable ScheduledFuture<?> timer;

  KeyExchangeWatch(ClientSession session, SshProfile profile, Runnable frozen) {
    this.session = session;
    this.profile = profile;
    this.frozen = frozen;
  }

  /** Does nothing where the profile wants no keepalives. */
  void start(EventLoop loop) {
    long period = profile.timeouts().serverAliveInterval().toNanos();
    if (period > 0) {
      timer = loop.scheduleAtFixedRate(this::check, period, period, TimeUnit.NANOSECONDS);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** An exchange has come to its end. */
  void finished() {
    unfinishedChecks = 0;
  }

  private void check() {
    unfinishedChecks = session.getKexState() == KexState.DONE ? 0 : unfinishedChecks + 1;
    if (unfinishedChecks > profile.timeouts().serverAliveCountMax()) {
      frozen.run();
    }
  }
}
