package culvert.proxy.audit;

import culvert.proxy.event.Ended;
import culvert.proxy.event.EndedJob;
import culvert.proxy.event.EndedTransfer;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.Job;
import culvert.proxy.event.JobObserver;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.Story;
import culvert.proxy.event.TakenRoute;
import culvert.proxy.event.Way;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the audit trail of jobs. What happens while it is still looked up who runs a job's client
 * is told when that is known. Thread-safe; a job's events come one after the other.
 */
public final class AuditJobs implements JobObserver {
  private final Map<Job, HeldEvents> held = new ConcurrentHashMap<>();
  private final AuditLog log;
  private final InstantSource clock;
  private final boolean paths;

  /**
   * @param paths whether the names of files are told
   */
  public AuditJobs(AuditLog log, InstantSource clock, boolean paths) {
    this.log = log;
    this.clock = clock;
    this.paths = paths;
  }

  @Override
  public void ownerKnown(Job job) {
    HeldEvents events = held.remove(job);
    if (events != null) {
      events.release();
    }
  }

  @Override
  public void fellBack(Job job, String detail) {
    record(
        job,
        job.story(),
        AuditCode.PLAINTEXT,
        head(job)
            .put("route", TakenRoute.PLAINTEXT.toString())
            .put("why", job.story().fallback().map(Object::toString))
            .put("detail", detail));
  }

  @Override
  public void refused(Job job, RefusedWhy why, String detail) {
    record(
        job,
        job.story(),
        code(why),
        head(job)
            .put("route", TakenRoute.REFUSED.toString())
            .put("why", why.toString())
            .put("detail", detail));
  }

  private static AuditCode code(RefusedWhy why) {
    return switch (why) {
      case LOGIN -> AuditCode.LOGIN_REFUSED;
      case HOST_KEY -> AuditCode.HOST_KEY_REFUSED;
      case RULE -> AuditCode.RULE_REFUSED;
      default -> AuditCode.REFUSED;
    };
  }

  @Override
  public void transferEnded(Job job, EndedTransfer transfer) {
    Story data = transfer.story();
    Ended end = transfer.end();
    record(
        job,
        data,
        AuditCode.TRANSFER_ENDED,
        head(job, data, Way.of(data), transfer.way())
            .put("transfer", data.id().toString())
            .put("ftp", ftp(transfer))
            .put("route", end.route().toString())
            .put("encrypted", end.route() == TakenRoute.SSH)
            .put("why", end.why())
            .put("ssh", data.carrier().map(JobFields::ssh))
            .put("bytes", both(end.up(), end.down()))
            .put("duration_ms", end.duration().toMillis())
            .put("outcome", end.outcome().toString())
            .put("reason", end.reason().toString())
            .put("detail", end.detail()));
  }

  private Map<String, Object> ftp(EndedTransfer transfer) {
    Fields ftp =
        new Fields()
            .put("user", transfer.way().ftpUser())
            .put("command", transfer.asked().map(FtpTransfer::command));
    if (paths) {
      ftp.put("path", transfer.asked().map(FtpTransfer::path));
    }
    int reply = transfer.reply().orElse(0);
    if (reply > 0) {
      ftp.put("reply", reply);
    }
    return ftp.map();
  }

  @Override
  public void ended(Job job, EndedJob ended) {
    Story story = job.story();
    Ended end = ended.end();
    Fields fields =
        head(job, story, ended.way(), ended.way())
            .put("ftp", new Fields().put("user", ended.way().ftpUser()).map())
            .put("route", end.route().toString())
            .put("encrypted", end.route() == TakenRoute.SSH)
            .put("why", end.why())
            .put("ssh", job.carrier().map(JobFields::ssh))
            .put("bytes", both(end.up(), end.down()))
            .put("files", ended.files().map(files -> both(files.up(), files.down())));
    if (story.isKeptFromPlaintext()) {
      fields.put("pinned", true);
    }
    record(
        job,
        story,
        AuditCode.JOB_ENDED,
        fields
            .put("duration_ms", end.duration().toMillis())
            .put("outcome", end.outcome().toString())
            .put("reason", end.reason().toString())
            .put("detail", end.detail())
            .put("config", job.config()));
  }

  private static Map<String, Object> both(long up, long down) {
    return new Fields().put("up", up).put("down", down).map();
  }

  private static Fields head(Job job) {
    Way present = Way.of(job.story());
    return head(job, job.story(), present, present);
  }

  /**
   * What every event of the job has.
   *
   * @param to where the connection leads
   * @param by who has decided about it
   */
  private static Fields head(Job job, Story of, Way to, Way by) {
    return new Fields()
        .put("job", of.job().toString())
        .put("listener", of.listener())
        .put("client", JobFields.client(of, job.owner()))
        .put("destination", JobFields.destination(of.asked(), to))
        .put("rule", by.rule())
        .put("action", by.action());
  }

  private void record(Job job, Story of, AuditCode code, Fields fields) {
    Instant time = clock.instant();
    if (job.isOwnerAwaited()) {
      held.computeIfAbsent(job, HeldEvents::new)
          .hold(
              () ->
                  log.record(
                      new AuditEvent(
                          code,
                          time,
                          fields.put("client", JobFields.client(of, job.owner())).map())));
    } else {
      log.record(new AuditEvent(code, time, fields.map()));
    }
  }
}
