package culvert.proxy.upstream;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * Has the answers of programs on this host come back although they are addressed to another host:
 * Culvert has connected to them from an address of that host's. Thread-safe; does not block.
 */
public interface KeptAnswers {

  /** Nobody brings them back, so that nothing may be asked in that way. */
  KeptAnswers NONE = new None();

  /**
   * A connection of ours.
   *
   * @param source our end, by the other host's address
   * @param destination the program's
   */
  record Between(InetSocketAddress source, InetSocketAddress destination) {}

  /**
   * Keeps the answers here from now on; as often as this is asked, they have to be released.
   *
   * @param loop on which the future completes
   * @return done when they are kept. Failed, they would leave this host, and nothing has to be
   *     released
   */
  Future<Void> keep(Between connection, EventExecutor loop);

  /** Nothing but late packets without content comes any more: the connection is closed. */
  void release(Between connection);

  /** See {@link #NONE}. */
  final class None implements KeptAnswers {
    private None() {}

    @Override
    public Future<Void> keep(Between connection, EventExecutor loop) {
      return loop.newFailedFuture(new SocketException("nothing brings the answers back"));
    }

    @Override
    public void release(Between connection) {}
  }
}
