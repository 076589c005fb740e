package culvert.ssh.mina.connection;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Watches that a logged-in session's server lives and finishes its key exchanges, and asks it for
 * signs of life. Confined to the session's event loop.
 */
final class SessionWatches {
  private static final String QUESTION = "keepalive@openssh.com";

  private final SshServer server;
  private final ClientSession session;
  private final Consumer<SshException> dead;
  private final KeyExchangeWatch keyExchanges;
  private final ServerAlive life;

  /**
   * Watches that have not begun.
   *
   * @param dead told why the session is to end, at most once by each watch
   */
  SessionWatches(
      SshServer server,
      ClientSession session,
      Channel socket,
      Clock clock,
      Consumer<SshException> dead) {
    this.server = server;
    this.session = session;
    this.dead = dead;
    this.keyExchanges =
        new KeyExchangeWatch(
            session, server.profile(), () -> end("session ended: key exchange not finished"));
    this.life = new ServerAlive(socket, server.profile().timeouts(), clock, new Questions());
  }

  void start() {
    keyExchanges.start(connection().eventLoop());
    life.start();
  }

  /** Idempotent. */
  void stop() {
    keyExchanges.stop();
    life.stop();
  }

  /** An exchange has come to its end. */
  void keysExchanged() {
    keyExchanges.finished();
  }

  private NettyIoSession connection() {
    return (NettyIoSession) session.getIoSession();
  }

  private void end(String why) {
    dead.accept(DialFailures.failure(SshFailure.SESSION_ENDED, server, why));
  }

  private final class Questions implements ServerAlive.Listener {
    /**
     * Not during a key exchange, where nothing else may be sent: the silence counts all the same.
     */
    @Override
    public void ask() {
      if (session.getKexState() != KexState.DONE) {
        return;
      }
      try {
        connection()
            .inBatch(
                () -> {
                  Buffer question =
                      session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, Byte.MAX_VALUE);
                  question.putString(QUESTION);
                  question.putBoolean(true);
                  session.request(question, QUESTION, (command, reply) -> {});
                });
      } catch (Exception e) {
        dead.accept(DialFailures.sessionEnded(server, e));
      }
    }

    @Override
    public void dead(Duration silence, int unansweredQuestions) {
      end(
          "session ended: no sign of life for %d ms, %d questions unanswered"
              .formatted(silence.toMillis(), unansweredQuestions));
    }
  }
}
