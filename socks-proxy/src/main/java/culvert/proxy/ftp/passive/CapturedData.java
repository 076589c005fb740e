package culvert.proxy.ftp.passive;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Has the data connections of captured clients come to Culvert, as their control connections did.
 * Thread-safe; does not block.
 */
public interface CapturedData {

  /** Somebody else sees to it that they come, by rules of his own. */
  CapturedData BY_OTHERS = new ByOthers();

  /**
   * Where such connections go, as far as their clients know.
   *
   * @param port empty: to any port from 1024 on
   */
  record Way(InetAddress server, OptionalInt port) {}

  /**
   * Has those connections captured from now on; as often as this is asked, it has to be given up.
   *
   * @param loop on which the future completes
   * @return done when they are. Failed, they are not, its message is for the client, and nothing
   *     has to be given up
   */
  Future<Void> open(Way way, EventExecutor loop);

  /**
   * Gives them up.
   *
   * @param later after that, for somebody may still come
   */
  void giveUp(Way way, Duration later);

  /** See {@link #BY_OTHERS}. */
  final class ByOthers implements CapturedData {
    private ByOthers() {}

    @Override
    public Future<Void> open(Way way, EventExecutor loop) {
      return loop.newSucceededFuture(null);
    }

    @Override
    public void giveUp(Way way, Duration later) {}
  }
}
