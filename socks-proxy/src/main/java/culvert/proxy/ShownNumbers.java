package culvert.proxy;

import culvert.proxy.audit.Audit;
import culvert.proxy.capture.Capture;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.metrics.Metrics;
import culvert.proxy.relay.BufferBudget;

/** Shows in the metrics what the daemon's parts know themselves. */
record ShownNumbers(Metrics metrics) {
  ShownNumbers of(BufferBudget buffered, ConnectionLimits limits) {
    metrics.gauge("culvert.buffered.bytes", "Bytes read and not yet written", buffered::inFlight);
    metrics.gauge(
        "culvert.sockets.accepted", "Open client sockets, handshakes included", limits::open);
    return this;
  }

  ShownNumbers of(Audit audit) {
    metrics.counter("culvert.audit.lost", "Events the audit trail has lost", audit::lost);
    metrics.gauge(
        "culvert.audit.failing",
        "1: the audit trail cannot be written at the moment",
        () -> audit.isFailing() ? 1 : 0);
    return this;
  }

  ShownNumbers of(Capture capture) {
    metrics.counter(
        "culvert.capture.restarts",
        "How often nft, which fills the sets of captured data connections, was started anew",
        capture::restarts);
    return this;
  }

  ShownNumbers of(Reloads reloads) {
    metrics.gauge(
        "culvert.config.last.reload.successful",
        "1: the configuration was last taken over; 0: it was not, and the one before holds",
        () -> reloads.isSuccessful() ? 1 : 0);
    metrics.gauge(
        "culvert.config.last.reload.success.timestamp.seconds",
        "When a configuration was last taken over, at the start or by a reload",
        () -> reloads.succeeded().getEpochSecond());
    metrics.gauge(
        "culvert.config.restart.needed",
        "1: the configuration has changes that only a restart takes over",
        () -> reloads.needsRestart() ? 1 : 0);
    return this;
  }
}
