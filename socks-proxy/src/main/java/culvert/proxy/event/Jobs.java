package culvert.proxy.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes jobs of stories: a job is a connection that the rules decided about, with the data
 * connections that belong to it. Its end is told when all of them have ended, and it is known who
 * has run it. Thread-safe: a job's connections live on several loops.
 */
public final class Jobs implements StoryObserver, AutoCloseable {
  private final Map<UUID, Job> jobs = new ConcurrentHashMap<>(); // by the story's id
  private final List<JobObserver> observers;
  private final Supplier<String> config;

  /**
   * With observers, which hear of everything in this order.
   *
   * @param config the hash of the configuration in force
   */
  public Jobs(List<JobObserver> observers, Supplier<String> config) {
    this.observers = List.copyOf(observers);
    this.config = config;
  }

  @Override
  public void started(Story story) {
    jobs.put(story.id(), new Job(story, this, config.get()));
  }

  @Override
  public void belongsTo(Story story, int request) {
    Job own = jobs.get(story.id());
    Job session = jobs.get(story.job());
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
  public void ownerAsked(Story story) {
    of(story, Job::ownerAsked);
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
  public void ftpBegins(Story story) {
    of(story, job -> job.goesOn(story));
  }

  @Override
  public void routed(Story story) {
    of(story, job -> job.goesOn(story));
  }

  @Override
  public void destinationNamed(Story story) {
    of(story, Job::destinationNamed);
  }

  @Override
  public void tunnelled(Story story, SshCarrier carrier) {
    of(story, job -> job.tunnelled(story, carrier));
  }

  @Override
  public void inPlaintext(Story story) {
    of(story, job -> job.inPlaintext(story));
  }

  @Override
  public void ftpLoggedIn(Story story) {
    of(story, Job::loggedIn);
  }

  @Override
  public void ftpUnreadable(Story story) {
    of(story, Job::unreadable);
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
    @Nullable Job job = jobs.get(story.id());
    if (job != null && job.story() != story) {
      jobs.remove(story.id()); // a data connection's part is done
    }
  }

  private void of(Story story, Consumer<Job> told) {
    Optional.ofNullable(jobs.get(story.id())).ifPresent(told);
  }

  /** Nothing more will be told of any job: whatever has not ended has been broken off. */
  @Override
  public void close() {
    List.copyOf(jobs.values()).forEach(Job::breakOff);
  }

  // What jobs ask for

  void tell(Consumer<JobObserver> what) {
    observers.forEach(what);
  }

  void isOver(Story story) {
    jobs.remove(story.id());
  }
}
