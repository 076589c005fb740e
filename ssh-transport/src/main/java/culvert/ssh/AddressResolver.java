package culvert.ssh;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;

/** Turns names into addresses without blocking the caller. */
@FunctionalInterface
public interface AddressResolver {

  /**
   * All addresses of the name, in the order in which they should be tried; a literal address is
   * itself. Whoever does not wait any more cancels the future.
   *
   * @return completes on {@code executor}; fails with {@link java.net.UnknownHostException} where
   *     that is the name server's answer, or there was none in time, and with {@link
   *     NotLookedUpException} where the name server was not even asked
   */
  Future<List<InetAddress>> resolve(String host, EventExecutor executor);

  /** The same, with what is asked for counted as that asker's. */
  default AddressResolver onBehalfOf(Asker asker) {
    return this;
  }
}
