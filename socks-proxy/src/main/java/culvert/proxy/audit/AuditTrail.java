package culvert.proxy.audit;

import culvert.config.AuditSettings;
import culvert.proxy.state.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit trail on a thread of its own, so that nobody waits for the disk. What comes
 * while the disk is full, or slow, is kept in a queue; what does not fit there is counted, and an
 * event says so as soon as one can be written again.
 *
 * <p>{@link #record} may be called from any thread and never blocks.
 */
public final class AuditTrail implements AuditLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

  /** What was recorded is on the disk within a second. */
  private static final long DUE = Duration.ofMillis(500).toNanos();

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** A disk may answer nothing at all, and nobody is to be kept from ending by that. */
  private static final Duration END_PATIENCE = Duration.ofSeconds(5);

  private final TrailOut out;
  private final AuditChain chain;
  private final InstantSource clock;
  private final AuditQueue queue;
  private final ExecutorService tidying;
  private final Thread writer;
  private final AtomicLong lost = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AuditGate gate;
  private volatile boolean failing;
  private volatile boolean closing;
  private volatile boolean reopening;
  private final AtomicBoolean losing = new AtomicBoolean();
  private @Nullable EncodedEvent next; // the writer's: not yet written
  private long lostSaid; // the writer's
  private long unforcedSince; // the writer's
  private boolean unforced; // the writer's
  private long lookedAt = System.nanoTime(); // the writer's

  private AuditTrail(
      TrailOut out,
      AuditChain chain,
      InstantSource clock,
      AuditQueue.Bound usual,
      boolean waits,
      ExecutorService tidying) {
    this.out = out;
    this.chain = chain;
    this.clock = clock;
    this.tidying = tidying;
    // Where jobs wait, those that are open have so much to tell, and no more.
    this.queue = new AuditQueue(usual, waits ? usual.times(12, 4) : usual);
    this.gate = new AuditGate(waits);
    this.writer = new Thread(this::run, "culvert-audit");
    writer.setDaemon(true); // close waits for it, but not for ever
  }

  /**
   * Opens the file, and begins.
   *
   * @param boot of this run of the program
   * @throws IOException with a message for the user: the file cannot be written
   */
  public static AuditTrail open(AuditSettings settings, UUID boot) throws IOException {
    InstantSource clock = InstantSource.system();
    ExecutorService tidying = Executors.newSingleThreadExecutor(AuditTrail::daemon);
    OldTrails old = new OldTrails(settings.keep(), clock, tidying);
    boolean waits = settings.onFull() == AuditSettings.OnFull.BLOCK;
    try {
      AuditFile file = AuditFile.open(settings.file(), settings.rotate(), old, boot, clock);
      AuditChain chain = new AuditChain(HostName.ours(), boot, file.lastHash());
      AuditTrail trail = new AuditTrail(file, chain, clock, AuditQueue.USUAL, waits, tidying);
      trail.writer.start();
      return trail;
    } catch (IOException e) {
      tidying.shutdownNow();
      throw unwritable(settings, e);
    }
  }

  /** With a message for the user. */
  static IOException unwritable(AuditSettings settings, IOException cause) {
    return new IOException(
        "audit: "
            + settings.file()
            + " cannot be written: "
            + StateDirectory.reason(cause)
            + " (expected: a file that Culvert can write; audit: off needs none)",
        cause);
  }

  /** To something else than a file. */
  static AuditTrail to(
      TrailOut out, AuditChain chain, InstantSource clock, AuditQueue.Bound usual, boolean waits) {
    ExecutorService tidying = Executors.newSingleThreadExecutor(AuditTrail::daemon);
    AuditTrail trail = new AuditTrail(out, chain, clock, usual, waits, tidying);
    trail.writer.start();
    return trail;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "culvert-audit-old");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void record(AuditEvent event) {
    EncodedEvent encoded;
    try {
      encoded = EncodedEvent.of(event);
    } catch (RuntimeException e) {
      lose(1);
      LOG.error("an audit event that cannot be written", e);
      return;
    }
    if (!queue.offer(encoded)) {
      lose(1);
    }
    if (queue.isFull()) {
      gate.close();
    }
  }

  private void lose(long events) {
    lost.addAndGet(events);
    if (events > 0 && losing.compareAndSet(false, true)) {
      LOG.atError()
          .addKeyValue("file", out.name())
          .log("audit events are lost: the trail cannot be written, or not as fast as they come");
    }
  }

  @Override
  public Runnable whenRoom(Runnable task) {
    return gate.whenOpen(task);
  }

  /** Culvert ends, and nobody is to wait any more. */
  void letEverybodyIn() {
    gate.stayOpen();
  }

  /** Whether new jobs wait until it can be written. */
  boolean holdsUpJobs() {
    return !gate.isOpen();
  }

  /** Where it is written. */
  String file() {
    return out.name();
  }

  /** Events that could not be kept, since the start. */
  public long lost() {
    return lost.get();
  }

  /** Whether events wait because the file cannot be written. */
  public boolean isFailing() {
    return failing;
  }

  /** Soon writes to a file of the name even if the old one was moved away, as logrotate does. */
  public void reopen() {
    reopening = true;
    queue.wake();
  }

  private void run() {
    while (true) {
      boolean idle = next == null && (next = await()) == null;
      boolean written = write();
      if (closing && (!written || (idle && queue.isEmpty()))) {
        lose(queue.size() + (next == null ? 0 : 1));
        return;
      }
      if (!written) {
        awaitClosing();
      }
    }
  }

  /** The next event; null: something else is due. */
  private @Nullable EncodedEvent await() {
    try {
      long patience = closing ? 0 : unforced ? unforcedSince + DUE - System.nanoTime() : DUE;
      return queue.poll(Duration.ofNanos(patience));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody else has this thread", e);
    }
  }

  private void awaitClosing() {
    try {
      closed.await(RETRY_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody else has this thread", e);
    }
  }

  /** False: what is left is to be tried again. */
  private boolean write() {
    try {
      if (reopening || System.nanoTime() - lookedAt >= DUE) {
        reopening = false;
        out.follow();
        lookedAt = System.nanoTime();
      }
      if (next != null) {
        append(next);
        next = null;
      }
      sayLost();
    } catch (IOException | RuntimeException e) {
      failed(e);
      force();
      return false;
    }
    if (force()) {
      recovered();
    }
    return !failing;
  }

  /** What is there is on the disk soon, even if nothing more fits. */
  private boolean force() {
    if (unforced && (closing || failing || System.nanoTime() - unforcedSince >= DUE)) {
      try {
        out.force();
        unforced = false;
      } catch (IOException e) {
        failed(e);
        return false;
      }
    }
    return true;
  }

  private void sayLost() throws IOException {
    long all = lost.get();
    if (all > lostSaid) {
      AuditEvent event =
          new AuditEvent(AuditCode.LOST, clock.instant(), Map.of("lost", all - lostSaid));
      append(EncodedEvent.of(event));
      lostSaid = all;
    }
  }

  private void append(EncodedEvent event) throws IOException {
    byte[] line = chain.line(event);
    out.append(line);
    chain.written(line);
    if (!unforced) {
      unforced = true;
      unforcedSince = System.nanoTime();
    }
  }

  private void failed(Exception e) {
    if (e instanceof RuntimeException) {
      LOG.error("writing the audit trail failed", e);
    }
    if (!failing) {
      failing = true;
      gate.close();
      LOG.atError()
          .addKeyValue("file", out.name())
          .addKeyValue(
              "detail", e instanceof IOException io ? StateDirectory.reason(io) : e.toString())
          .log(
              gate.waits()
                  ? "the audit trail cannot be written: new jobs wait until it can"
                  : "the audit trail cannot be written: events are kept as long as there is room");
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      LOG.atWarn()
          .addKeyValue("file", out.name())
          .addKeyValue("lost", lost.get())
          .log("the audit trail is written again");
    }
    if (queue.hasRoom()) {
      losing.set(false);
      gate.open();
    }
  }

  /** Writes what has been recorded, if it can be written in a few seconds. Idempotent; blocks. */
  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    closed.countDown();
    queue.wake();
    try {
      writer.join(END_PATIENCE.toMillis());
      if (writer.isAlive()) {
        LOG.atError()
            .addKeyValue("file", out.name())
            .addKeyValue("events", queue.size())
            .log("the audit trail's disk does not answer: its last events are lost");
        return; // the file and its lock go with the process
      }
      tidying.shutdownNow(); // the next run goes on with it
      if (!tidying.awaitTermination(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("an old audit trail is still being compressed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (lost.get() > lostSaid) {
      LOG.atError()
          .addKeyValue("file", out.name())
          .addKeyValue("lost", lost.get() - lostSaid)
          .log("audit events are lost: Culvert ends, and the trail cannot be written");
    }
    try {
      out.close();
    } catch (IOException e) {
      LOG.atError().addKeyValue("file", out.name()).setCause(e).log("the audit trail's end");
    }
  }
}
