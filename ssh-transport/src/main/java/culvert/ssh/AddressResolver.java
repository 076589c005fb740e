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
   * itself.
   *
   * @return completes on {@code executor}; fails with {@link java.net.UnknownHostException}
   */
  Future<List<InetAddress>> resolve(String host, EventExecutor executor);
}
