package culvert.proxy.capture;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One nft(8) that stays, since to start one for each data connection would cost ten times as much.
 * What it has made with the flag {@code owner} goes with it, and it goes with this process, however
 * that ends: its standard input ends then.
 *
 * <p>It has a thread of its own, which carries commands out in the order in which they come, and
 * starts nft anew where it has ended. Thread-safe.
 */
final class NftSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NftSession.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_STARTS = Duration.ofSeconds(5);

  /** Ours, and gone with nft. While it has a rule, the loss of all others resets no session. */
  static final String OWN = "inet culvert_keep";

  private static final List<String> BEGINNING =
      Stream.concat(
              Stream.of("add table " + OWN + TableCommands.OWNED),
              TableCommands.addresses(OWN).stream())
          .toList();

  /** No command: what nft says of it ends its answer to those before, whatever it may do. */
  private static final String BARRIER = "culvert-barrier";

  private record Order(List<String> commands, CompletableFuture<Void> done) {
    /** To find that nft has ended. */
    static final Order LOOK = new Order(List.of(), new CompletableFuture<>());
  }

  private final Nft nft;
  private final Supplier<List<String>> restored;
  private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
  private final AtomicLong restarts = new AtomicLong();
  private final Thread thread = new Thread(this::work, "culvert-nft");
  private @Nullable Running running; // the thread's
  private volatile boolean closed;

  /** One that runs. */
  private record Running(Process process, BufferedWriter in, BufferedReader out) {}

  private NftSession(Nft nft, Supplier<List<String>> restored) {
    this.nft = nft;
    this.restored = restored;
    thread.setDaemon(true);
  }

  /**
   * Starts nft. Blocks.
   *
   * @param first what it is to do at first, with all that is said by {@code restored}
   * @param restored what a new one is to do in place of one that has ended; any thread may ask
   * @throws IOException nft cannot do it
   */
  static NftSession start(Nft nft, List<String> first, Supplier<List<String>> restored)
      throws IOException {
    NftSession session = new NftSession(nft, restored);
    session.begin(first);
    session.thread.start();
    return session;
  }

  /**
   * Has all of them carried out at once, or none. Does not block.
   *
   * @return completes on this session's thread; failed with what nft has against them
   */
  CompletableFuture<Void> run(List<String> commands) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    orders.add(new Order(commands, done));
    if (closed) {
      failAll();
    }
    return done;
  }

  /** How often nft had to be started anew. */
  long restarts() {
    return restarts.get();
  }

  private void work() {
    while (!closed) {
      try {
        Order order = orders.poll(BETWEEN_STARTS.toMillis(), TimeUnit.MILLISECONDS);
        carryOut(order == null ? Order.LOOK : order);
      } catch (InterruptedException e) {
        break; // closed
      }
    }
    end();
    failAll();
  }

  private void carryOut(Order order) {
    try {
      carryOut(order.commands());
      order.done().complete(null);
    } catch (IOException e) {
      if (order.commands().isEmpty()) { // nobody waits for it
        LOG.error("capture: {}", e.getMessage());
      }
      order.done().completeExceptionally(e);
    } catch (RuntimeException e) { // or everybody behind it would wait for ever
      LOG.error("capture: nft was not told", e);
      order.done().completeExceptionally(e);
    }
  }

  /** To do twice what one has not answered that has ended does no harm. */
  private void carryOut(List<String> commands) throws IOException {
    try {
      revive();
      tell(commands);
    } catch (Nft.RefusedException e) {
      throw e;
    } catch (IOException e) {
      end();
      revive();
      tell(commands);
    }
  }

  private void revive() throws IOException {
    if (running != null && running.process().isAlive()) {
      return;
    }
    end();
    restarts.incrementAndGet();
    LOG.error("capture: nft has ended, and with it what it held: starting another one");
    begin(restored.get());
  }

  private void begin(List<String> first) throws IOException {
    Process process = nft.command("-i").start();
    running =
        new Running(
            process,
            new BufferedWriter(
                new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)),
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    try {
      tell(BEGINNING);
      tell(first);
    } catch (IOException e) {
      end(); // one that does not hold what it should is none
      throw e;
    }
    process.onExit().thenRun(() -> orders.add(Order.LOOK));
  }

  private void tell(List<String> commands) throws IOException {
    if (commands.isEmpty()) {
      return;
    }
    Running present = running;
    if (present == null) {
      throw new IOException("nft: does not run");
    }
    CompletableFuture<Void> answered = new CompletableFuture<>();
    answered
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              present.process().destroyForcibly();
              return null;
            });
    try {
      present.in().write(String.join("; ", commands) + "\n" + BARRIER + "\n");
      present.in().flush();
      String complaint = answer(present.out());
      if (!complaint.isEmpty()) {
        throw Nft.failure(complaint);
      }
    } finally {
      answered.complete(null);
    }
  }

  /**
   * What it has said before it comes to the barrier: of that it says that it is an error, the line,
   * and below the line, where in it.
   */
  private static String answer(BufferedReader out) throws IOException {
    Deque<String> said = new ArrayDeque<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(BARRIER)) {
        said.pollLast();
        out.readLine();
        return String.join("\n", said);
      }
      said.add(line);
    }
    throw new IOException(said.isEmpty() ? "nft: has ended" : "nft: has ended: " + said);
  }

  /** What it owned is gone when it has ended. */
  private void end() {
    if (running != null) {
      running.process().destroyForcibly().onExit().join();
      running = null;
    }
  }

  private void failAll() {
    for (Order order = orders.poll(); order != null; order = orders.poll()) {
      order.done().completeExceptionally(new IOException("nft: Culvert ends"));
    }
  }

  /** What it has made with the flag {@code owner} is gone when this returns. Idempotent. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
