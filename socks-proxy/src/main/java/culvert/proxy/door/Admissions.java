package culvert.proxy.door;

import culvert.config.Cidr;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;
import java.util.List;

/** Makes the admission of each listener; what it bounds, it bounds for all of them together. */
public record Admissions(
    ConnectionLimits limits, BeforeLogin beforeLogin, ProxyEvents events, RefusedClients refused) {

  /**
   * For one listener.
   *
   * @param listener its name
   * @param allowFrom the client networks that may use it
   */
  public Admission of(String listener, List<Cidr> allowFrom) {
    return new Admission(listener, allowFrom, limits, beforeLogin, events, refused);
  }
}
