package culvert.proxy.relay;

import culvert.proxy.event.EndReason;

/** Hears of a relay's end, once, on the client channel's event loop. */
@FunctionalInterface
public interface RelayListener {

  /**
   * The relay has ended and both channels are closed or closing.
   *
   * @param reason {@link EndReason#COMPLETED}, {@link EndReason#CLIENT_ABORTED} or {@link
   *     EndReason#UPSTREAM_ABORTED}
   */
  void ended(EndReason reason, String detail);
}
