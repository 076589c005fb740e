package culvert.proxy.metrics;

import culvert.proxy.event.ByteMeter;
import culvert.proxy.event.Ended;
import culvert.proxy.event.EndedJob;
import culvert.proxy.event.EndedTransfer;
import culvert.proxy.event.Job;
import culvert.proxy.event.JobObserver;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * Counts jobs, as the audit trail tells of them. Labels are words of few, and names of rules, of
 * which there are as many as the configuration has.
 */
final class CountedJobs implements JobObserver {
  /** From a refusal to a day. */
  private static final double[] SECONDS = {
    0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400
  };

  private final RuleLabels rules = new RuleLabels();
  private final Counter jobs;
  private final Counter transfers;
  private final Counter bytes;
  private final Histogram durations;

  CountedJobs(PrometheusRegistry registry) {
    jobs =
        Counter.builder()
            .name("culvert_jobs_total")
            .help("Jobs that have ended, by the route taken, and why it was not SSH")
            .labelNames("rule", "route", "why")
            .withoutExemplars()
            .register(registry);
    transfers =
        Counter.builder()
            .name("culvert_transfers_total")
            .help("FTP data connections that have ended")
            .labelNames("rule", "route", "outcome")
            .withoutExemplars()
            .register(registry);
    bytes =
        Counter.builder()
            .name("culvert_bytes_total")
            .help("Bytes of data as they pass, without the commands and replies of FTP")
            .labelNames("rule", "route", "direction")
            .withoutExemplars()
            .register(registry);
    durations =
        Histogram.builder()
            .name("culvert_job_duration_seconds")
            .help("Jobs that have ended, from their request to their end")
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .withoutExemplars()
            .register(registry);
    for (TakenRoute route : TakenRoute.values()) {
      durations.initLabelValues(route.toString());
    }
  }

  @Override
  public void goesOn(Job job, Story connection) {
    TakenRoute route = connection.route();
    boolean data = route != TakenRoute.REFUSED && !connection.speaksFtp();
    connection.meteredBy(data ? meter(job, route) : ByteMeter.NONE);
  }

  private ByteMeter meter(Job job, TakenRoute route) {
    String rule = rules.label(job.story().rule());
    CounterDataPoint up = bytes.labelValues(rule, route.toString(), "up");
    CounterDataPoint down = bytes.labelValues(rule, route.toString(), "down");
    return new ByteMeter() {
      @Override
      public void up(long count) {
        up.inc(count);
      }

      @Override
      public void down(long count) {
        down.inc(count);
      }
    };
  }

  @Override
  public void transferEnded(Job job, EndedTransfer transfer) {
    Ended end = transfer.end();
    transfers
        .labelValues(
            rules.label(job.story().rule()), end.route().toString(), end.outcome().toString())
        .inc();
  }

  @Override
  public void ended(Job job, EndedJob ended) {
    Ended end = ended.end();
    String route = end.route().toString();
    jobs.labelValues(rules.label(job.story().rule()), route, end.why().orElse("")).inc();
    durations.labelValues(route).observe(end.duration().toNanos() / 1e9);
  }
}
