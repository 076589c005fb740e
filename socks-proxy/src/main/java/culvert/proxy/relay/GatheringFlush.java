package culvert.proxy.relay;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Flushes what is written to a channel. What comes in bulk is gathered first: of many streams at a
 * time each brings one packet in a turn of the event loop, and to send each for itself, and wake up
 * its reader for it, costs more than the packet. Only what comes thick and fast waits, and for
 * {@link #PATIENCE} at most. A sender who waits for the reader's answer to little is found out by
 * the first time that not {@link #WORTH_BYTES} come together, and then left alone for a while.
 *
 * <p>Confined to the channel's event loop, on which it stays.
 */
final class GatheringFlush {
  /** So long something waits at most. */
  static final Duration PATIENCE = Duration.ofMillis(2);

  /** So much is sent at once. */
  static final int ENOUGH_BYTES = 256 * 1024;

  /** Less than that was not worth waiting for. */
  static final int WORTH_BYTES = 64 * 1024;

  /** A write of less is no bulk: somebody may wait for it. */
  static final int BULK_BYTES = 16 * 1024;

  /** So many writes are sent as they come, after a wait that was not worth it. */
  static final int WRITES_UNGATHERED = 64;

  private final Channel channel;
  private long gathered;
  private long gatheringSince;
  private boolean alarmed;
  private boolean bulkBefore;
  private long bulkAt;
  private int ungathered;

  GatheringFlush(Channel channel) {
    this.channel = channel;
  }

  /** So many bytes have been written to the channel: they leave now or soon. */
  void written(long bytes) {
    long now = channel.eventLoop().ticker().nanoTime();
    boolean bulk = bytes >= BULK_BYTES;
    boolean fast = bulk && bulkBefore && now - bulkAt <= PATIENCE.toNanos();
    bulkBefore = bulk;
    bulkAt = now;
    if (gathered == 0) {
      gatheringSince = now;
    }
    gathered += bytes;
    if (ungathered > 0) {
      ungathered--;
      flush();
    } else if (!fast || gathered >= ENOUGH_BYTES) {
      flush();
    } else if (!alarmed) {
      alarmAfter(PATIENCE.toNanos());
    }
  }

  /** Whatever waits leaves now. */
  void flush() {
    gathered = 0;
    channel.flush();
  }

  private void alarmAfter(long nanos) {
    alarmed = true;
    channel.eventLoop().schedule(this::alarm, nanos, TimeUnit.NANOSECONDS);
  }

  private void alarm() {
    alarmed = false;
    if (gathered == 0) {
      return;
    }
    long left = gatheringSince + PATIENCE.toNanos() - channel.eventLoop().ticker().nanoTime();
    if (left > 0) {
      alarmAfter(left); // what it was set for has left, and this is something else
      return;
    }
    if (gathered < WORTH_BYTES) {
      ungathered = WRITES_UNGATHERED;
    }
    flush();
  }
}
