package culvert.proxy.relay;

import culvert.proxy.event.EndReason;

/** Hears how a relay ends. */
@FunctionalInterface
public interface RelayListener {

  /**
   * The client has ended its data in order, and everything that it sent was written to the
   * upstream, whose output is shut down right after this returns: whatever the server does because
   * of that end happens later. On the upstream channel's event loop, at most once; not called where
   * the upstream had closed already, and so cannot hear of it.
   */
  default void clientEnded() {}

  /**
   * The relay has ended and both channels are closed or closing. Once, on the client channel's
   * event loop.
   *
   * @param reason {@link EndReason#COMPLETED}, {@link EndReason#CLIENT_ABORTED}, {@link
   *     EndReason#UPSTREAM_ABORTED}, or {@link EndReason#INTERNAL_ERROR}
   */
  void ended(EndReason reason, String detail);
}
