package culvert.proxy.metrics;

import culvert.proxy.event.ByteMeter;
import culvert.proxy.event.Ended;
import culvert.proxy.event.EndedJob;
import culvert.proxy.event.EndedTransfer;
import culvert.proxy.event.Job;
import culvert.proxy.event.JobObserver;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts jobs, as the audit trail tells of them. Labels are words of few, and names of rules, of
 * which there are as many as the configuration has.
 */
final class CountedJobs implements JobObserver {
  /** From a refusal to a day. */
  private static final Duration[] BUCKETS =
      DoubleStream.of(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400)
          .mapToObj(seconds -> Duration.ofMillis(Math.round(seconds * 1_000)))
          .toArray(Duration[]::new);

  private final RuleLabels rules = new RuleLabels();
  private final Meters meters;
  private final Map<TakenRoute, Timer> durations = new EnumMap<>(TakenRoute.class);

  CountedJobs(Meters meters) {
    this.meters = meters;
    for (TakenRoute route : TakenRoute.values()) {
      durations.put(
          route,
          Timer.builder("culvert.job.duration")
              .description("Jobs that have ended, from their request to their end")
              .tag("route", route.toString())
              .serviceLevelObjectives(BUCKETS)
              .register(meters.registry()));
    }
  }

  @Override
  public void goesOn(Job job, Story connection) {
    TakenRoute route = connection.route();
    boolean goes = route != TakenRoute.REFUSED && job.story().isRouted();
    boolean data = goes && !connection.speaksFtp();
    connection.meteredBy(data ? meter(job.rule(connection), route) : ByteMeter.NONE);
  }

  private ByteMeter meter(String ruleName, TakenRoute route) {
    String rule = rules.label(ruleName);
    Counter up = bytes(rule, route, "up");
    Counter down = bytes(rule, route, "down");
    return new ByteMeter() {
      @Override
      public void up(long count) {
        up.increment((double) count);
      }

      @Override
      public void down(long count) {
        down.increment((double) count);
      }
    };
  }

  private Counter bytes(String rule, TakenRoute route, String direction) {
    return meters.counter(
        "culvert.bytes",
        "Bytes of data as they pass, without the commands and replies of FTP",
        "rule",
        rule,
        "route",
        route.toString(),
        "direction",
        direction);
  }

  @Override
  public void transferEnded(Job job, EndedTransfer transfer) {
    Ended end = transfer.end();
    meters
        .counter(
            "culvert.transfers",
            "FTP data connections that have ended",
            "rule",
            rules.label(transfer.way().rule()),
            "route",
            end.route().toString(),
            "outcome",
            end.outcome().toString())
        .increment();
  }

  @Override
  public void ended(Job job, EndedJob ended) {
    Ended end = ended.end();
    meters
        .counter(
            "culvert.jobs",
            "Jobs that have ended, by the route taken, and why it was not SSH",
            "rule",
            rules.label(ended.way().rule()),
            "route",
            end.route().toString(),
            "why",
            end.why().orElse(""))
        .increment();
    @Nullable Timer duration = durations.get(end.route());
    if (duration != null) {
      duration.record(end.duration());
    }
  }
}
