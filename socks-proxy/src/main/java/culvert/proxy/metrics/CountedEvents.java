package culvert.proxy.metrics;

import static culvert.proxy.metrics.Meters.count;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshFailure;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts events. All counters are there from the start. */
final class CountedEvents implements ProxyEvents {
  private final AtomicInteger active;
  private final Counter started;
  private final Counter keptFromPlaintext;
  private final Counter pinsNotWritten;
  private final Map<EndReason, Counter> ended;
  private final Map<FallbackReason, Counter> fallbacks;
  private final Map<SshFailure, Counter> tunnelFailures;
  private final Map<HandshakeFailure, Counter> handshakeFailures;

  CountedEvents(Meters meters) {
    active =
        meters.level(
            "culvert.connections.active",
            "Client connections that have asked for something and not ended");
    started = meters.counter("culvert.connections.started", "Client connections that asked");
    keptFromPlaintext =
        meters.counter(
            "culvert.fallbacks.pinned",
            "Connections kept from plaintext, as they were once tunnelled");
    pinsNotWritten =
        meters.counter("culvert.pins.unwritten", "Failures to write down what was tunnelled");
    ended =
        meters.counters(
            EndReason.class,
            "culvert.connections.ended",
            "reason",
            "Ended client connections, control and data");
    fallbacks =
        meters.counters(
            FallbackReason.class,
            "culvert.fallbacks",
            "reason",
            "Jobs that went on in plaintext because no tunnel could be made");
    tunnelFailures =
        meters.counters(
            SshFailure.class,
            "culvert.tunnel.failures",
            "failure",
            "Jobs for which no tunnel could be made, whatever became of them");
    handshakeFailures =
        meters.counters(
            HandshakeFailure.class,
            "culvert.handshake.failures",
            "reason",
            "Clients that never came to ask");
  }

  @Override
  public void handshakeFailed(HandshakeFailure failure) {
    count(handshakeFailures, failure);
  }

  @Override
  public void connectionStarted() {
    active.incrementAndGet();
    started.increment();
  }

  @Override
  public void tunnelFailed(SshFailure failure) {
    count(tunnelFailures, failure);
  }

  @Override
  public void fellBack(FallbackReason reason) {
    count(fallbacks, reason);
  }

  @Override
  public void keptFromPlaintext() {
    keptFromPlaintext.increment();
  }

  @Override
  public void pinNotWritten() {
    pinsNotWritten.increment();
  }

  @Override
  public void connectionEnded(EndReason reason) {
    active.decrementAndGet();
    count(ended, reason);
  }
}
