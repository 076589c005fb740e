package culvert.proxy.door;

import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;

/** Makes the admission of each listener; what it bounds, it bounds for all of them together. */
public record Admissions(
    ConnectionLimits limits, BeforeLogin beforeLogin, ProxyEvents events, RefusedClients refused) {

  /**
   * For one listener.
   *
   * @param listener its name
   * @param allowFrom who may use it
   */
  public Admission of(String listener, AllowFrom allowFrom) {
    return new Admission(listener, allowFrom, limits, beforeLogin, events, refused);
  }
}
