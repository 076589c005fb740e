package culvert.proxy.metrics;

import culvert.proxy.event.JobObserver;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshEvents;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * What one daemon counts, described in docs/METRICS.md. Any thread may call; nothing that is
 * counted blocks, or makes others wait. Whoever creates it closes it.
 */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CountedEvents events;
  private final CountedJobs jobs;
  private final CountedSsh ssh;
  private final Queue<LongSupplier> counts = new ConcurrentLinkedQueue<>();

  /**
   * With nothing counted yet. What tells of the process and the JVM comes from Prometheus' own
   * library, which has the names that dashboards know.
   *
   * @param version Culvert's; empty: unknown
   */
  public Metrics(String version) {
    showProcess(registry.getPrometheusRegistry());
    Meters meters = new Meters(registry);
    events = new CountedEvents(meters);
    jobs = new CountedJobs(meters);
    ssh = new CountedSsh(meters);
    meters
        .level(
            "culvert.build.info",
            "1; what runs here",
            "version",
            version,
            "java",
            System.getProperty("java.version", ""))
        .set(1);
  }

  /** One by one, since their common entrance keeps each registry for as long as the JVM lives. */
  private static void showProcess(PrometheusRegistry registry) {
    ProcessMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    JvmClassLoadingMetrics.builder().register(registry);
  }

  /** What is told to this is counted. */
  public ProxyEvents events() {
    return events;
  }

  /** Counts jobs, their transfers and bytes. */
  public JobObserver jobs() {
    return jobs;
  }

  /** Counts what happens at SSH servers. */
  public SshEvents ssh() {
    return ssh;
  }

  /** SSH servers are counted by these profiles from now on, and by others that are in use yet. */
  public void profiles(Set<String> names) {
    ssh.present(names);
  }

  /** Shows a number that somebody else keeps. */
  public void gauge(String name, String description, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows a number that somebody else counts up.
   *
   * @param name without the {@code _total} that it is shown with
   */
  public void counter(String name, String description, LongSupplier count) {
    counts.add(count); // or it would be collected, and its counter stand still
    FunctionCounter.builder(name, count, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  /** Everything in Prometheus' text format, version 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
