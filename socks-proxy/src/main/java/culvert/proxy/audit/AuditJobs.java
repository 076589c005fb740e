package culvert.proxy.audit;

import culvert.proxy.event.ClientProgram;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.FtpTransfer;
import culvert.proxy.event.RefusedWhy;
import culvert.proxy.event.Story;
import culvert.proxy.event.StoryObserver;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the audit trail of jobs: a job is a connection that the rules decided about, with the data
 * connections that belong to it. Its end is told when all of them have ended, and it is known who
 * has run it. Thread-safe: a job's connections live on several loops.
 */
public final class AuditJobs implements StoryObserver {
  private final Map<UUID, AuditedJob> jobs = new ConcurrentHashMap<>(); // by the story's id
  private final AuditLog log;
  private final InstantSource clock;
  private final boolean paths;
  private final Supplier<String> config;

  /**
   * @param paths whether the names of files are told
   * @param config which configuration is in force
   */
  public AuditJobs(AuditLog log, InstantSource clock, boolean paths, Supplier<String> config) {
    this.log = log;
    this.clock = clock;
    this.paths = paths;
    this.config = config;
  }

  @Override
  public void started(Story story) {
    jobs.put(story.id(), new AuditedJob(story, this));
  }

  @Override
  public void belongsTo(Story story, int request) {
    AuditedJob own = jobs.get(story.id());
    AuditedJob session = jobs.get(story.job());
    if (own == null) {
      return;
    }
    if (session == null || !session.begins(story, request)) {
      own.isLateData(); // its session's end has been told
    } else {
      jobs.put(story.id(), session);
    }
  }

  @Override
  public void ownedBy(Story story, ClientProgram owner) {
    of(story, job -> job.ownedBy(owner));
  }

  @Override
  public void refused(Story story, RefusedWhy why, String detail) {
    of(story, job -> job.refused(why, detail));
  }

  @Override
  public void fellBack(Story story, String detail) {
    of(story, job -> job.fellBack(detail));
  }

  @Override
  public void inPlaintext(Story story) {
    of(story, job -> job.inPlaintext(story));
  }

  @Override
  public void transferAsked(Story story, FtpTransfer transfer) {
    of(story, job -> job.asked(transfer));
  }

  @Override
  public void transferAnswered(Story story, int number, int code) {
    of(story, job -> job.answered(number, code));
  }

  @Override
  public void ended(Story story, EndReason reason, String detail) {
    of(story, job -> job.ended(story, reason, detail));
    @Nullable AuditedJob job = jobs.get(story.id());
    if (job != null && !job.isOf(story)) {
      jobs.remove(story.id()); // a data connection's part is done
    }
  }

  private void of(Story story, Consumer<AuditedJob> told) {
    Optional.ofNullable(jobs.get(story.id())).ifPresent(told);
  }

  // What jobs ask for

  void record(AuditCode code, Map<String, Object> fields) {
    log.record(new AuditEvent(code, clock.instant(), fields));
  }

  void isOver(Story story) {
    jobs.remove(story.id());
  }

  boolean paths() {
    return paths;
  }

  String config() {
    return config.get();
  }
}
