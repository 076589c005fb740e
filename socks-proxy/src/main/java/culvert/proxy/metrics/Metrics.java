package culvert.proxy.metrics;

import culvert.proxy.event.JobObserver;
import culvert.proxy.event.ProxyEvents;
import culvert.ssh.SshEvents;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one daemon counts, described in docs/METRICS.md. Any thread may call; nothing that is
 * counted blocks, or makes others wait.
 */
public final class Metrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final CountedEvents events = new CountedEvents(registry);
  private final CountedJobs jobs = new CountedJobs(registry);
  private final CountedSsh ssh = new CountedSsh(registry);

  /**
   * With nothing counted yet.
   *
   * @param version Culvert's; empty: unknown
   */
  public Metrics(String version) {
    JvmMetrics.builder().register(registry);
    Gauge.builder()
        .name("culvert_build_info")
        .help("1; what runs here")
        .labelNames("version", "java")
        .withoutExemplars()
        .register(registry)
        .labelValues(version, System.getProperty("java.version", ""))
        .set(1);
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

  /** SSH servers are counted by these profiles from now on, too. */
  public void profiles(Set<String> names) {
    ssh.present(names);
  }

  /** Shows a number that somebody else keeps. */
  public void gauge(String name, String description, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(description)
        .callback(shown -> shown.call(value.getAsLong()))
        .register(registry);
  }

  /**
   * Shows a number that somebody else counts up.
   *
   * @param name with or without the {@code _total} that it is shown with
   */
  public void counter(String name, String description, LongSupplier count) {
    CounterWithCallback.builder()
        .name(name)
        .help(description)
        .callback(shown -> shown.call(count.getAsLong()))
        .register(registry);
  }

  /** Everything in Prometheus' text format, version 0.0.4. */
  public String scrape() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
