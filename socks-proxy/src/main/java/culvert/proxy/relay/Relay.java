package culvert.proxy.relay;

import culvert.proxy.event.ConnectionRecorder;
import io.netty.channel.socket.DuplexChannel;

/**
 * Carries bytes between a client and its upstream, TCP sockets and SSH channels alike.
 *
 * <ul>
 *   <li>Each direction reads while the bytes it handed over and that are not written yet are few,
 *       and pauses beyond that: a reader that stops stops the writer.
 *   <li>An end of input becomes an end of output, after all bytes before it. When both directions
 *       have ended, both channels are closed.
 *   <li>Anything else, on either side, breaks the other side off with {@link Closing#reset}: a
 *       transfer that was cut short never looks complete.
 * </ul>
 *
 * <p>The two channels may live on different event loops; between them one task is posted per batch
 * of reads.
 */
public final class Relay {
  private static final long HIGH_WATER_MARK = 1 << 20;

  private final BufferBudget budget;
  private final long highWaterMark;

  /** With the usual 1 MiB in flight in each direction of each connection. */
  public Relay(BufferBudget budget) {
    this(budget, HIGH_WATER_MARK);
  }

  /**
   * @param highWaterMark bytes in flight beyond which a direction pauses; it goes on at a quarter
   */
  Relay(BufferBudget budget, long highWaterMark) {
    this.budget = budget;
    this.highWaterMark = highWaterMark;
  }

  /**
   * Takes both channels over, on the client's event loop. Reading begins with a later task of that
   * loop: call {@link culvert.proxy.door.Client#accept} right after this, and the answer comes
   * before the server's first byte.
   *
   * @param client auto-read off, half-closure allowed, as is {@code upstream}
   * @param upstream best opened with {@link EarlyReads#initializer}, so that nothing is lost that
   *     came before this call; what other handlers of its pipeline fire later arrives as well
   * @param recorder is told of the bytes, not of the end
   */
  public void start(
      DuplexChannel client,
      DuplexChannel upstream,
      ConnectionRecorder recorder,
      RelayListener listener) {
    if (!client.eventLoop().inEventLoop()) {
      throw new IllegalStateException("relay: started outside of the client's event loop");
    }
    new RelayedPair(client, upstream, recorder, listener, budget, highWaterMark).start();
  }
}
