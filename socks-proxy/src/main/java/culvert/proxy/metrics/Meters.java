package culvert.proxy.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes counters and gauges in a registry, and takes them out. */
record Meters(MeterRegistry registry) {

  Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** What goes up and down; shown by its present value. */
  AtomicInteger level(String name, String description, String... tags) {
    AtomicInteger level = new AtomicInteger();
    Gauge.builder(name, level, AtomicInteger::get)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
    return level;
  }

  /** Shows nothing more that has this tag. */
  void remove(String tag, String value) {
    registry.getMeters().stream()
        .filter(meter -> value.equals(meter.getId().getTag(tag)))
        .forEach(registry::remove);
  }

  /** One for each value, from the start, so that a rate has a zero to begin with. */
  <E extends Enum<E>> Map<E, Counter> counters(
      Class<E> type, String name, String tag, String description) {
    Map<E, Counter> counters = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      counters.put(value, counter(name, description, tag, Words.of(value)));
    }
    return counters;
  }

  static <E extends Enum<E>> void count(Map<E, Counter> counters, E value) {
    Counter counter = counters.get(value);
    if (counter != null) {
      counter.increment();
    }
  }
}
