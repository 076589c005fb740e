package culvert.ssh.mina.connection;

import culvert.ssh.mina.io.NettyIoSession;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a session ends that we need no more: as {@code ssh} ends it (RFC 4253 section 11.1). */
public final class Farewell {
  private static final Logger log = LoggerFactory.getLogger(Farewell.class);
  private static final String WORDS = "disconnected by Culvert";

  /** The session has ended for everybody else: only its socket waits for a server so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private Farewell() {}

  /** Lets connections that end go; not for longer than one of them may take. Not on a loop. */
  public static void await(Collection<SshConnection> leaving, Clock clock) {
    long begun = clock.nanoTime();
    try {
      for (SshConnection connection : leaving) {
        boolean gone = connection.gone().isDone();
        while (!gone && clock.nanoTime() - begun < PATIENCE.toNanos()) {
          gone = connection.gone().await(LOOK_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends a session and closes its socket. On the session's event loop.
   *
   * @param socket what the session is on, or to be on; null: there is none yet
   * @param orderly whether the server is told that we need it no more, behind whatever was sent
   * @param gone completes when the socket is closed
   */
  static void end(
      @Nullable ClientSession session,
      @Nullable Channel socket,
      boolean orderly,
      Promise<Void> gone) {
    if (session != null) {
      if (orderly) {
        say(session);
      }
      session.close(true); // and the socket, if it does not have to take leave
    } else if (socket != null) {
      socket.close();
    }
    if (socket == null) {
      gone.trySuccess(null);
    } else {
      socket.closeFuture().addListener(closed -> gone.trySuccess(null));
    }
  }

  /** Only where the session has got far enough for that, and stands. */
  private static void say(ClientSession session) {
    if (!session.isOpen() || session.getServerVersion() == null) {
      return;
    }
    NettyIoSession connection = (NettyIoSession) session.getIoSession();
    try {
      connection.inBatch(
          () -> {
            Buffer message = session.createBuffer(SshConstants.SSH_MSG_DISCONNECT, Byte.MAX_VALUE);
            message.putUInt(SshConstants.SSH2_DISCONNECT_BY_APPLICATION);
            message.putString(WORDS);
            message.putString(""); // language
            session.writePacket(message);
          });
      connection.closeBehindWrites(PATIENCE);
    } catch (Exception e) {
      log.debug("{}: ended without a word: {}", session, e.getMessage());
    }
  }
}
