package culvert.proxy.ftp.data;

import culvert.proxy.event.EndReason;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;

/**
 * What a session hears of its data connections. Each of them serves a request, by number: a passive
 * command, or a PORT's transfer; where that is not known, it has a number of its own below 0.
 *
 * <p>{@link #started} has exactly one {@link #ended}. Of one data connection everything is told in
 * the order in which it happens, by whichever thread it happens on.
 */
public interface DataSession {
  /**
   * Somebody has come, and it is being found out whether it is the client.
   *
   * @param known completes when that is known, and {@link #started} was told if it is
   */
  void arriving(Future<?> known);

  /**
   * The client is there.
   *
   * @param client its end of the data connection
   */
  void started(int request, DuplexChannel client);

  /**
   * The client's EOF was read, and everything that it sent has been written towards the server.
   * Told before the EOF is passed on, and so before any reply that the server gives because of it.
   * Not told where the server had closed the data connection before.
   */
  void clientEnded(int request);

  /**
   * The data connection has ended, or there will be none.
   *
   * @param reason {@link EndReason#COMPLETED} where both sides ended in order
   */
  void ended(int request, DuplexChannel client, EndReason reason);

  /**
   * The server's end of a data connection is about to be closed before its client has sent
   * everything: an upload is aborted first. Told after {@link #ended}.
   *
   * @param then closes it; runs at once where there is nothing to abort, or nobody to tell
   */
  void beforeBreakingOff(int request, Runnable then);
}
