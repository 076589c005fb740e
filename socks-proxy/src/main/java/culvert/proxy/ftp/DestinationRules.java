package culvert.proxy.ftp;

import culvert.filter.ConnectionRequest;
import java.util.function.Consumer;

/**
 * The rules under which one client's connection began: for destinations that it names only inside
 * its session. Confined to the client channel's event loop.
 */
public interface DestinationRules {

  /**
   * Asks the rules, top down.
   *
   * @param answer is given the decision once, perhaps before this returns, and even if the client
   *     has gone meanwhile
   */
  void decide(ConnectionRequest request, Consumer<RoutedRequest> answer);
}
