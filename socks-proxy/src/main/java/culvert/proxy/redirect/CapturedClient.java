package culvert.proxy.redirect;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.ConnectedClient;
import java.util.Optional;

/** A client that has connected to its destination, as far as it knows. */
public record CapturedClient(Arrival arrival, ConnectionRequest request, boolean isLeftBehind)
    implements ConnectedClient {

  @Override
  public Optional<String> user() {
    return Optional.empty();
  }

  @Override
  public boolean isCaptured() {
    return true;
  }
}
