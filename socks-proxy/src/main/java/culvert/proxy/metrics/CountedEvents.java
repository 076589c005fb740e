package culvert.proxy.metrics;

import culvert.config.FallbackReason;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The meters. All of them are there from the start, so that a rate has a zero to begin with. */
final class CountedEvents implements ProxyEvents {
  private final MeterRegistry registry;
  private final AtomicLong active = new AtomicLong();
  private final Counter started;
  private final Counter keptFromPlaintext;
  private final Counter pinsNotWritten;
  private final Counter bytesFromClient;
  private final Counter bytesToClient;
  private final Timer duration;
  private final Map<EndReason, Counter> ended;
  private final Map<FallbackReason, Counter> fallbacks;
  private final Map<SshFailure, Counter> tunnelFailures;
  private final Map<HandshakeFailure, Counter> handshakeFailures;

  CountedEvents(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("culvert.connections.active", active, AtomicLong::get)
        .description("Client connections that have asked for something and not ended")
        .register(registry);
    started = counter("culvert.connections.started", "Client connections that asked");
    keptFromPlaintext =
        counter(
            "culvert.fallbacks.pinned",
            "Connections kept from plaintext, as they were once tunnelled");
    pinsNotWritten = counter("culvert.pins.unwritten", "Failures to write down what was tunnelled");
    bytesFromClient = bytes("from-client");
    bytesToClient = bytes("to-client");
    duration =
        Timer.builder("culvert.connection.duration")
            .description("From the request to the end")
            .register(registry);
    ended =
        counters(
            EndReason.class, "culvert.connections.ended", "reason", "Ended client connections");
    fallbacks =
        counters(
            FallbackReason.class,
            "culvert.fallbacks",
            "reason",
            "Connections in plaintext because no tunnel could be made");
    tunnelFailures =
        counters(SshFailure.class, "culvert.tunnel.failures", "failure", "Failed tunnels");
    handshakeFailures =
        counters(
            HandshakeFailure.class,
            "culvert.handshake.failures",
            "reason",
            "Clients that never came to ask");
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private Counter bytes(String direction) {
    return Counter.builder("culvert.relayed")
        .baseUnit("bytes")
        .description("Bytes relayed")
        .tag("direction", direction)
        .register(registry);
  }

  private <E extends Enum<E>> Map<E, Counter> counters(
      Class<E> type, String name, String tag, String description) {
    Map<E, Counter> counters = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      counters.put(value, counter(name, description, tag, word(value)));
    }
    return counters;
  }

  private static String word(Enum<?> value) {
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E value) {
    Counter counter = counters.get(value);
    if (counter != null) {
      counter.increment();
    }
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
  public void connectionRouted(String action) {
    counter("culvert.connections.routed", "Decided client connections", "action", action)
        .increment();
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
  public void bytesFromClient(long bytes) {
    bytesFromClient.increment((double) bytes);
  }

  @Override
  public void bytesToClient(long bytes) {
    bytesToClient.increment((double) bytes);
  }

  @Override
  public void connectionEnded(EndReason reason, long durationNanos) {
    active.decrementAndGet();
    count(ended, reason);
    duration.record(durationNanos, TimeUnit.NANOSECONDS);
  }
}
