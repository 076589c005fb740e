package culvert.proxy.audit;

import culvert.config.AuditSettings;
import culvert.config.CulvertConfig;
import culvert.proxy.event.RefusedClients;
import culvert.ssh.HostKeyChange;
import culvert.ssh.HostKeyEvents;
import culvert.ssh.SshServer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit trail of one daemon, from {@link #open} to {@link #close}; what is told outside of that
 * the log alone hears, as it does of everything. Thread-safe.
 */
public final class Audit implements AuditLog, HostKeyEvents, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

  private final Optional<AuditSettings> settings;
  private final InstantSource clock = InstantSource.system();
  private final Supplier<String> config; // its hash
  private final EventLog log;
  private final AuditJobs jobs;
  private final AuditedDoors doors =
      new AuditedDoors(
          fields -> record(AuditCode.DOOR_REFUSED, fields),
          CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES, Runnable::run));
  private volatile Remedies remedies;
  private volatile @Nullable AuditTrail trail;
  private volatile boolean started;

  /**
   * @param begun what Culvert begins with
   * @param config the hash of the configuration in force
   * @param ftpPort whether FTP is to be expected there: the log warns of it in plaintext
   */
  public Audit(CulvertConfig begun, Supplier<String> config, IntPredicate ftpPort) {
    this.settings = begun.audit();
    this.config = config;
    this.remedies = new Remedies(begun);
    this.log = new EventLog(ftpPort, () -> remedies);
    this.jobs = new AuditJobs(this, clock, settings.map(AuditSettings::paths).orElse(true));
  }

  /**
   * Begins the trail, if one is to be kept.
   *
   * @param boot of this run of the program
   * @throws IOException with a message for the user
   */
  public void open(UUID boot) throws IOException {
    if (settings.isPresent()) {
      trail = AuditTrail.open(settings.get(), boot);
    }
  }

  /** What hears of the connections. */
  public AuditJobs jobs() {
    return jobs;
  }

  /** What hears of clients that the front doors refuse. */
  public RefusedClients doors() {
    return settings.isPresent() ? doors : RefusedClients.UNHEARD;
  }

  @Override
  public void record(AuditEvent event) {
    log.tell(event);
    write(event);
  }

  private void write(AuditEvent event) {
    @Nullable AuditTrail present = trail;
    if (present != null) {
      present.record(event);
    }
  }

  @Override
  public Runnable whenRoom(Runnable task) {
    @Nullable AuditTrail present = trail;
    return present == null ? AuditLog.NONE.whenRoom(task) : present.whenRoom(task);
  }

  /** Culvert ends: who waits for the trail goes on, for the others have to end, too. */
  public void letEverybodyIn() {
    @Nullable AuditTrail present = trail;
    if (present != null) {
      present.letEverybodyIn();
    }
  }

  /** Whether new jobs wait until the trail can be written. */
  public boolean holdsUpJobs() {
    @Nullable AuditTrail present = trail;
    return present != null && present.holdsUpJobs();
  }

  /** The daemon has begun. */
  public void started(String version, List<String> listeners) {
    started = true;
    sayIfBeside();
    record(AuditCode.START, new Fields().put("version", version).put("listeners", listeners));
  }

  private void sayIfBeside() {
    @Nullable AuditTrail present = trail;
    if (present != null
        && !settings.map(s -> s.file().toString()).equals(Optional.of(present.file()))) {
      LOG.atWarn()
          .addKeyValue("file", present.file())
          .log(
              "another Culvert writes the audit trail: this one's has a file of its own beside it");
    }
  }

  /** Another configuration is in force. */
  public void reloaded(CulvertConfig changed, List<String> restart) {
    remedies = new Remedies(changed);
    record(AuditCode.RELOAD, new Fields().put("needs_restart", restart));
  }

  /** Destinations were tunnelled for the first time, and fall back no more. */
  public void pinned(List<String> pins) {
    record(AuditCode.PINNED, new Fields().put("pins", pins));
  }

  @Override
  public void accepted(SshServer server, String key) {
    record(AuditCode.HOST_KEY_NEW, hostKey(server, key));
  }

  @Override
  public void changed(SshServer server, HostKeyChange change, String key, String how) {
    AuditEvent event = event(AuditCode.HOST_KEY_CHANGED, hostKey(server, key).put("detail", how));
    log.changed(event, server, change);
    write(event);
  }

  private static Fields hostKey(SshServer server, String key) {
    return new Fields()
        .put("ssh", new Fields().put("server", server.toString()).put("host_key", key).map());
  }

  private void record(AuditCode code, Fields fields) {
    record(event(code, fields));
  }

  private AuditEvent event(AuditCode code, Fields fields) {
    Map<String, Object> all = fields.put("config", config.get()).map();
    return new AuditEvent(code, clock.instant(), all);
  }

  /** Events that could not be kept, since the start. */
  public long lost() {
    @Nullable AuditTrail present = trail;
    return present == null ? 0 : present.lost();
  }

  /** See {@link AuditTrail#isFailing}. */
  public boolean isFailing() {
    @Nullable AuditTrail present = trail;
    return present != null && present.isFailing();
  }

  /** See {@link AuditTrail#reopen}. */
  public void reopen() {
    @Nullable AuditTrail present = trail;
    if (present != null) {
      present.reopen();
    }
  }

  /**
   * The daemon ends, and nothing tells of connections any more. Blocks until everything is on the
   * disk, if it can be. Idempotent.
   */
  @Override
  public void close() {
    @Nullable AuditTrail present = trail;
    if (present != null) {
      doors.close();
      trail = null;
      if (started) {
        Map<String, Object> fields = Map.of("config", config.get());
        present.record(new AuditEvent(AuditCode.STOP, clock.instant(), fields));
      }
      present.close();
    }
  }
}
