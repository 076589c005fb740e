package culvert.proxy.metrics;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshFailure;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts events. All counters are there from the start, so that a rate has a zero to begin with.
 */
final class CountedEvents implements ProxyEvents {
  private final PrometheusRegistry registry;
  private final Gauge active;
  private final Counter started;
  private final Counter keptFromPlaintext;
  private final Counter pinsNotWritten;
  private final Map<EndReason, CounterDataPoint> ended;
  private final Map<FallbackReason, CounterDataPoint> fallbacks;
  private final Map<SshFailure, CounterDataPoint> tunnelFailures;
  private final Map<HandshakeFailure, CounterDataPoint> handshakeFailures;

  CountedEvents(PrometheusRegistry registry) {
    this.registry = registry;
    active =
        Gauge.builder()
            .name("culvert_connections_active")
            .help("Client connections that have asked for something and not ended")
            .withoutExemplars()
            .register(registry);
    started = counter("culvert_connections_started_total", "Client connections that asked");
    keptFromPlaintext =
        counter(
            "culvert_fallbacks_pinned_total",
            "Connections kept from plaintext, as they were once tunnelled");
    pinsNotWritten =
        counter("culvert_pins_unwritten_total", "Failures to write down what was tunnelled");
    ended =
        counters(
            EndReason.class,
            "culvert_connections_ended_total",
            "reason",
            "Ended client connections, control and data");
    fallbacks =
        counters(
            FallbackReason.class,
            "culvert_fallbacks_total",
            "reason",
            "Jobs that went on in plaintext because no tunnel could be made");
    tunnelFailures =
        counters(
            SshFailure.class,
            "culvert_tunnel_failures_total",
            "failure",
            "Jobs for which no tunnel could be made, whatever became of them");
    handshakeFailures =
        counters(
            HandshakeFailure.class,
            "culvert_handshake_failures_total",
            "reason",
            "Clients that never came to ask");
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private <E extends Enum<E>> Map<E, CounterDataPoint> counters(
      Class<E> type, String name, String label, String help) {
    Counter counter = counter(name, help, label);
    Map<E, CounterDataPoint> counters = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      counters.put(value, counter.labelValues(Words.of(value)));
    }
    return counters;
  }

  private static <E extends Enum<E>> void count(Map<E, CounterDataPoint> counters, E value) {
    CounterDataPoint counter = counters.get(value);
    if (counter != null) {
      counter.inc();
    }
  }

  @Override
  public void handshakeFailed(HandshakeFailure failure) {
    count(handshakeFailures, failure);
  }

  @Override
  public void connectionStarted() {
    active.inc();
    started.inc();
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
    keptFromPlaintext.inc();
  }

  @Override
  public void pinNotWritten() {
    pinsNotWritten.inc();
  }

  @Override
  public void connectionEnded(EndReason reason) {
    active.dec();
    count(ended, reason);
  }
}
