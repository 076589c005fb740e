package culvert.ssh.mina.io;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoWriteFuture;

/**
 * Bounds what a server may have us answer while it does not read: any number of its requests fits
 * into one of its packets' time, and each answer waits in memory. Who goes past the bound loses its
 * session. Its requests could be left unread as well, but then a server that first sends and then
 * reads, and we, who wait for it, could wait for each other.
 *
 * <p>What else waits to be sent does not count, being bounded otherwise: data by their channel,
 * adjustments by its window, and our own requests by our clients. Thread-safe.
 */
final class UnsentAnswers {
  /** Some ten thousand answers. */
  private static final long MOST_BYTES = 4L << 20;

  /** What a packet takes in memory besides its content. */
  private static final int PACKET_BYTES = 256;

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean exceeded = new AtomicBoolean();

  /** Whether a packet that starts with this command is an answer. */
  static boolean counts(byte command) {
    return switch (command) {
      case SshConstants.SSH_MSG_CHANNEL_DATA,
          SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
          SshConstants.SSH_MSG_CHANNEL_EOF,
          SshConstants.SSH_MSG_CHANNEL_CLOSE,
          SshConstants.SSH_MSG_CHANNEL_OPEN,
          SshConstants.SSH_MSG_GLOBAL_REQUEST ->
          false;
      default -> true;
    };
  }

  /**
   * Counts an answer until it is written.
   *
   * @return true, once: with this one there are too many
   */
  boolean add(int length, IoWriteFuture written) {
    int taken = length + PACKET_BYTES;
    boolean tooMany = bytes.addAndGet(taken) > MOST_BYTES;
    written.addListener(done -> bytes.addAndGet(-taken));
    return tooMany && bytes.get() > MOST_BYTES && exceeded.compareAndSet(false, true);
  }

  /** Why a session ends that has too many. */
  static SshException reason() {
    return new SshException(
        "server asks for answers and reads none (expected: at most "
            + (MOST_BYTES >> 20)
            + " MiB unread)");
  }
}
