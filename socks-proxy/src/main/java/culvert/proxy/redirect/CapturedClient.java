package culvert.proxy.redirect;

import culvert.filter.ConnectionRequest;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;
import java.util.Optional;

/**
 * A client that has connected to its destination, as far as it knows: all that it can be told is
 * the end.
 */
public record CapturedClient(Arrival arrival, ConnectionRequest request) implements Client {

  @Override
  public Optional<String> user() {
    return Optional.empty();
  }

  @Override
  public boolean isCaptured() {
    return true;
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
