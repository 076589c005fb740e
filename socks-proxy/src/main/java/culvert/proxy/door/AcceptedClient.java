package culvert.proxy.door;

import culvert.filter.ConnectionRequest;
import java.util.Optional;

/**
 * A client that has asked for nothing, because where it came in, or was called, says what it wants.
 */
public record AcceptedClient(Arrival arrival, ConnectionRequest request, Optional<String> user)
    implements ConnectedClient {

  @Override
  public boolean namesDestination() {
    return false;
  }
}
