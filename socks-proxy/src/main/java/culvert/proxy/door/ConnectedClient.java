package culvert.proxy.door;

import culvert.proxy.relay.Closing;
import culvert.proxy.relay.EarlyReads;

/**
 * A client that takes itself for connected from the first moment: all that it can be told is the
 * end.
 */
public interface ConnectedClient extends Client {

  @Override
  default boolean waitsForAnswer() {
    return false;
  }

  @Override
  default void accept() {
    EarlyReads.handOver(channel());
  }

  @Override
  default void refuse(Refusal refusal) {
    Closing.reset(channel());
  }
}
