package culvert.proxy.door;

import culvert.filter.ConnectionRequest;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import java.util.Optional;

/**
 * A client that has asked for nothing, because where it came in, or was called, says what it wants.
 * It takes itself for connected from the first moment: all that it can be told is the end.
 */
public record AcceptedClient(Arrival arrival, ConnectionRequest request, Optional<String> user)
    implements Client {

  @Override
  public boolean namesDestination() {
    return false;
  }

  @Override
  public boolean waitsForAnswer() {
    return false;
  }

  @Override
  public void accept() {
    EarlyReads.handOver(channel());
  }

  @Override
  public void refuse(Refusal refusal) {
    Closing.reset(channel());
  }
}
