package culvert.proxy;

import culvert.proxy.audit.Audit;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.pin.PinEvents;
import java.util.List;

/** Tells the audit trail of pins, and has failures counted. */
record PinsTold(Audit audit, ProxyEvents events) implements PinEvents {
  @Override
  public void pinned(List<String> pins) {
    audit.pinned(pins);
  }

  @Override
  public void notWritten() {
    events.pinNotWritten();
  }
}
