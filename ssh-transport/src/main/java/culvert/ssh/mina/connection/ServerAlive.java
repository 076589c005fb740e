package culvert.ssh.mina.connection;

import culvert.config.SshTimeouts;
import culvert.ssh.mina.connection.Clock.Alarm;
import culvert.ssh.mina.io.Loops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * Notices a server that has fallen silent, as OpenSSH's client does: after {@code
 * server-alive-interval} without a byte it is asked for a sign of life, again after each further
 * interval, and counts as dead one interval after question {@code server-alive-count-max}. Whatever
 * comes is a sign of life. MINA's own keepalives will not do: they want replies from a server that
 * is busy sending, stand still while keys are exchanged, and take ten seconds to give up.
 *
 * <p>Confined to the connection's event loop.
 */
final class ServerAlive {
  private final Channel socket;
  private final Duration interval;
  private final int questionsAtMost;
  private final Clock clock;
  private final Listener listener;
  private final Reads reads = new Reads();
  private long lastRead;
  private long lastCheck;
  private int unanswered;
  private boolean stopped;
  private Alarm next = Alarm.NONE;

  /** The connection; called on its event loop. */
  interface Listener {
    void ask();

    /** Called once; the watch is over. */
    void dead(Duration silence, int unansweredQuestions);
  }

  ServerAlive(Channel socket, SshTimeouts timeouts, Clock clock, Listener listener) {
    this.socket = socket;
    this.interval = timeouts.serverAliveInterval();
    this.questionsAtMost = timeouts.serverAliveCountMax();
    this.clock = clock;
    this.listener = listener;
  }

  /** Does nothing where the profile wants no keepalives. */
  void start() {
    if (!interval.isZero()) {
      socket.pipeline().addFirst("server-alive", reads);
      lastRead = clock.nanoTime();
      lastCheck = lastRead;
      checkAfter(interval);
    }
  }

  void stop() {
    stopped = true;
    next.cancel();
  }

  private final class Reads extends ChannelInboundHandlerAdapter {
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      lastRead = clock.nanoTime();
      ctx.fireChannelReadComplete();
    }
  }

  private void checkAfter(Duration delay) {
    next = clock.after(delay, () -> socket.eventLoop().execute(this::check));
  }

  /**
   * Counts what it has asked, and not the time alone: a process that was stopped for an hour gives
   * the server its chance.
   */
  private void check() {
    assert Loops.isOn(socket.eventLoop());
    if (stopped) {
      return;
    }
    long now = clock.nanoTime();
    boolean heard = lastRead - lastCheck > 0;
    lastCheck = now;
    if (heard) {
      unanswered = 0;
      long silence = now - lastRead;
      if (silence < interval.toNanos()) {
        checkAfter(interval.minusNanos(silence));
        return;
      }
    }
    if (unanswered == questionsAtMost) {
      stop();
      listener.dead(Duration.ofNanos(now - lastRead), unanswered);
      return;
    }
    unanswered++;
    listener.ask();
    checkAfter(interval);
  }
}
