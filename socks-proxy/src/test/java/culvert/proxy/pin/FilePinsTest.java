package culvert.proxy.pin;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.state.StateDirectory;
import culvert.proxy.upstream.TunnelPins.FixedTarget;
import culvert.ssh.TunnelTarget;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePinsTest {
  private static final ImmediateEventExecutor HERE = ImmediateEventExecutor.INSTANCE;

  @TempDir private Path temporary;
  private final Queue<Runnable> blocking = new ArrayDeque<>();
  private final AtomicInteger notWritten = new AtomicInteger();
  private final List<String> told = new ArrayList<>();
  private final Map<String, List<InetAddress>> names = new HashMap<>();
  private final Set<FixedTarget> rules = new HashSet<>();
  private boolean enabled = true;
  private boolean busy;
  private boolean exhausted;
  private Path file;
  private FilePins pins;

  @BeforeEach
  void prepare() throws IOException {
    file = temporary.resolve("state/pins");
    pins = pins(this::later);
    pins.prepare();
  }

  private FilePins pins(Executor executing) {
    return new FilePins(
        new StateDirectory(temporary.resolve("state")),
        () -> enabled,
        () -> rules,
        executing,
        () -> Instant.parse("2026-11-28T18:52:07.9Z"),
        new PinEvents() {
          @Override
          public void pinned(List<String> pins) {
            told.addAll(pins);
          }

          @Override
          public void notWritten() {
            notWritten.incrementAndGet();
          }
        });
  }

  private void later(Runnable task) {
    if (busy) {
      throw new RejectedExecutionException("full");
    }
    if (exhausted) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    blocking.add(task);
  }

  @Test
  void whatWasTunnelledIsPinnedOnTheDiskAndHasNoPlaintext() throws Exception {
    assertThat(objection(named("ftp.example", 21))).isEmpty();

    tunnelled(named("ftp.example", 21));

    assertThat(Files.readAllLines(file)).contains("ftp.example:21 2026-11-28T18:52:07Z gate:22");
    assertThat(told).containsExactly("ftp.example:21");
    assertThat(objection(named("FTP.Example", 21)))
        .contains("pinned: no plaintext; culvert unpin ftp.example");
    assertThat(objection(named("ftp.example", 2121))).isEmpty();
    assertThat(objection(named("other.example", 21))).isEmpty();
  }

  @Test
  void nothingBlocksAndWhatIsStillToBeWrittenIsPinned() throws Exception {
    pins.tunnelled(named("ftp.example", 2121), Optional.empty(), "gate:22", Optional.empty());
    assertThat(file).doesNotExist();

    Future<Optional<String>> answer =
        pins.objection(named("ftp.example", 2121), Optional.empty(), List.of(), HERE);
    assertThat(answer.isDone()).isFalse();
    blocking.remove(); // the writing does not come to anything
    runAll();

    assertThat(answer.getNow()).contains("pinned: no plaintext; culvert unpin ftp.example:2121");
  }

  @Test
  void aPinIsSeenWhileItMovesIntoTheFile() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      FilePins moving = pins(threads);
      for (int i = 0; i < 200; i++) {
        ConnectionRequest destination = named("host" + i + ".example", 21);
        moving.tunnelled(destination, Optional.empty(), "gate:22", Optional.empty());
        for (int look = 0; look < 3; look++) {
          assertThat(
                  moving
                      .objection(destination, Optional.empty(), List.of(), HERE)
                      .get(20, TimeUnit.SECONDS))
              .isPresent();
        }
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue(); // nobody writes now
    }
  }

  @Test
  void theAddressIsPinnedWhereItIsKnown() throws Exception {
    pins.tunnelled(
        named("ftp.example", 21),
        Optional.empty(),
        "ftp.example:22",
        Optional.of(address("192.0.2.7")));
    pins.tunnelled(
        ruled("six.example", "2001:db8::7"), Optional.empty(), "gate:22", Optional.empty());
    runAll();

    assertThat(objection(literal("192.0.2.7")))
        .contains("pinned: no plaintext; culvert unpin 192.0.2.7");
    assertThat(objection(literal("2001:db8::7")))
        .contains("pinned: no plaintext; culvert unpin 2001:db8::7");
    assertThat(objection(literal("192.0.2.8"))).isEmpty();
  }

  @Test
  void aNameIsPinnedIfOneOfItsAddressesIs() throws Exception {
    tunnelled(literal("192.0.2.7"));
    names.put("ftp.example", List.of(address("192.0.2.6"), address("192.0.2.7")));

    assertThat(objection(named("ftp.example", 21)))
        .contains("pinned: no plaintext; culvert unpin 192.0.2.7");
    assertThat(objection(ruled("ftp.example", "192.0.2.6"))).isEmpty();
  }

  @Test
  void theMessageNamesAllThatIsToBeUnpinned() throws Exception {
    pins.tunnelled(
        named("ftp.example", 21),
        Optional.empty(),
        "ftp.example:22",
        Optional.of(address("192.0.2.7")));
    runAll();

    assertThat(objection(ruled("ftp.example", "192.0.2.7")))
        .contains("pinned: no plaintext; culvert unpin ftp.example 192.0.2.7");
  }

  @Test
  void whatSomebodyElseChangesInTheFileHoldsAtOnce() throws Exception {
    tunnelled(named("ftp.example", 21));
    new PinFile(new StateDirectory(file.getParent()))
        .remove(List.of(PinnedDestination.parse("ftp.example")), going -> {});
    assertThat(objection(named("ftp.example", 21))).isEmpty();

    Files.writeString(file, "ftp.example:21 2020-01-01T00:00:00Z other:22\n");
    assertThat(objection(named("ftp.example", 21))).isPresent();

    Files.delete(file);
    assertThat(objection(named("ftp.example", 21))).isEmpty();
    tunnelled(named("ftp.example", 21));
    assertThat(objection(named("ftp.example", 21))).as("tunnelled again").isPresent();
  }

  @Test
  void aFileThatCannotBeReadMeansNoPlaintextForAnybody() throws Exception {
    Files.createDirectory(file);

    assertThat(objection(named("ftp.example", 21))).contains("pins cannot be read: no plaintext");
  }

  @Test
  void aLineThatNobodyCanReadMeansNoPlaintextForAnybody() throws Exception {
    Files.writeString(file, "ftp.exam");

    assertThat(objection(named("other.example", 21))).contains("pins cannot be read: no plaintext");
  }

  @Test
  void aPoolThatTakesNoMoreMeansNoPlaintext() {
    busy = true;

    assertThat(pins.objection(named("ftp.example", 21), Optional.empty(), List.of(), HERE).getNow())
        .contains("pins cannot be read: no plaintext");
  }

  @Test
  void whereNoThreadIsLeftThereIsNoPlaintextAndTheNextTunnelWritesWhatIsMissing() throws Exception {
    exhausted = true;
    pins.tunnelled(named("ftp.example", 21), Optional.empty(), "gate:22", Optional.empty());
    assertThat(notWritten).hasValue(1);
    assertThat(pins.objection(named("x.example", 21), Optional.empty(), List.of(), HERE).getNow())
        .contains("pins cannot be read: no plaintext");

    exhausted = false;
    tunnelled(named("other.example", 21));
    assertThat(Files.readString(file)).contains("ftp.example:21 ", "other.example:21 ");
  }

  @Test
  void whatCannotBeWrittenIsCountedAndStaysPinnedAndIsTriedAgain() throws Exception {
    Files.delete(file.getParent());
    tunnelled(named("ftp.example", 21));
    assertThat(notWritten).hasValue(1);

    new StateDirectory(file.getParent()).prepare();
    assertThat(objection(named("ftp.example", 21)))
        .contains("pinned: no plaintext; culvert unpin ftp.example");

    tunnelled(named("other.example", 21));
    assertThat(notWritten).hasValue(1);
    assertThat(new PinFile(new StateDirectory(file.getParent())).read().pins()).hasSize(2);
  }

  @Test
  void switchedOffItNeitherReadsNorWrites() throws Exception {
    enabled = false;
    Files.writeString(file, "ftp.example:21 2020-01-01T00:00:00Z gate:22\n");

    assertThat(objection(named("ftp.example", 21))).isEmpty();
    tunnelled(named("other.example", 21));
    assertThat(Files.readAllLines(file)).hasSize(1);

    enabled = true;
    assertThat(objection(named("ftp.example", 21))).isPresent();
  }

  @Test
  void ofNamesThatLeadToOneTargetNoMorePinsAreKeptThanPeopleCanRead() throws Exception {
    FixedTarget fixed = new FixedTarget("all jobs, old", new TunnelTarget("ftp.internal", 21));
    FixedTarget other = new FixedTarget("others", new TunnelTarget("ftp.internal", 21));
    rules.addAll(List.of(fixed, other));
    for (int i = 0; i < 1500; i++) {
      pins.tunnelled(
          named("invented" + i + ".example", 21), Optional.of(fixed), "gate:22", Optional.empty());
      if (i % 100 == 0) {
        runAll();
      }
    }
    runAll();

    assertThat(new PinFile(new StateDirectory(file.getParent())).read().pins())
        .hasSize(PinList.MOST_OF_A_RULE + 1)
        .contains("rule=all+jobs%2C+old,target=ftp.internal:21 2026-11-28T18:52:07Z gate:22");
    assertThat(objection(named("invented3.example", 21), Optional.of(fixed))).isPresent();
    assertThat(objection(named("invented3.example", 21), Optional.empty())).isPresent();
    assertThat(objection(named("never-seen.example", 21), Optional.of(fixed)))
        .contains(
            "pinned: no plaintext; culvert unpin rule=all+jobs%2C+old,target=ftp.internal:21");
    assertThat(objection(named("never-seen.example", 21), Optional.of(other))).isEmpty();
    assertThat(objection(named("never-seen.example", 21), Optional.empty())).isEmpty();

    tunnelled(named("elsewhere.example", 21));
    assertThat(Files.readString(file)).as("under another rule").contains("elsewhere.example:21 ");
  }

  @Test
  void whatIsPinnedUnderARuleThatIsNoneAnyMoreMayBeAnything() throws Exception {
    FixedTarget old = new FixedTarget("old", new TunnelTarget("ftp.internal", 21));
    Files.writeString(file, "rule=old,target=ftp.internal:21 2026-11-28T18:52:07Z gate:22\n");
    rules.add(new FixedTarget("renamed", new TunnelTarget("ftp.internal", 21)));
    assertThat(objection(named("ftp.example", 21)))
        .contains(
            "pinned under a rule that is none any more: no plaintext;"
                + " culvert unpin rule=old,target=ftp.internal:21");

    rules.add(old);
    assertThat(objection(named("ftp.example", 21))).isEmpty();
  }

  @Test
  void theirNumberIsKnownAfterARestartAndInSeveralCulverts() throws Exception {
    FixedTarget fixed = new FixedTarget("jobs", new TunnelTarget("ftp.internal", 21));
    for (int i = 0; i < 100; i++) {
      FilePins another = pins(this::later);
      another.tunnelled(
          named("invented" + i + ".example", 21), Optional.of(fixed), "gate:22", Optional.empty());
      runAll();
    }

    PinList list = new PinFile(new StateDirectory(file.getParent())).read();
    assertThat(list.problems()).isEmpty();
    assertThat(list.pins()).hasSize(PinList.MOST_OF_A_RULE + 1);
  }

  @Test
  void noMoreOfThemAreKeptWhereTheyCannotBeWritten() throws Exception {
    FixedTarget fixed = new FixedTarget("jobs", new TunnelTarget("ftp.internal", 21));
    Files.delete(file.getParent());
    for (int i = 0; i < 200; i++) {
      pins.tunnelled(
          named("invented" + i + ".example", 21), Optional.of(fixed), "gate:22", Optional.empty());
    }
    runAll();
    new StateDirectory(file.getParent()).prepare();

    assertThat(objection(named("never-seen.example", 21), Optional.of(fixed))).isPresent();
    tunnelled(named("elsewhere.example", 21));
    assertThat(new PinFile(new StateDirectory(file.getParent())).read().pins())
        .hasSize(PinList.MOST_OF_A_RULE + 2);
  }

  @Test
  void itsEndWaitsForWhatIsBeingWritten() throws Exception {
    pins.tunnelled(named("ftp.example", 21), Optional.empty(), "gate:22", Optional.empty());
    Thread pool = new Thread(this::runAll);
    pool.start();

    pins.awaitWritten(Duration.ofSeconds(30));

    assertThat(Files.readString(file)).contains("ftp.example:21 ");
    pool.join();
  }

  private void tunnelled(ConnectionRequest destination) {
    pins.tunnelled(destination, Optional.empty(), "gate:22", Optional.empty());
    runAll();
  }

  private Optional<String> objection(ConnectionRequest destination) {
    return objection(destination, Optional.empty());
  }

  private Optional<String> objection(ConnectionRequest destination, Optional<FixedTarget> fixed) {
    boolean resolved = destination.address() instanceof DestinationAddress.NotResolved;
    List<InetAddress> addresses =
        resolved ? names.getOrDefault(destination.host(), List.of()) : List.of();
    Future<Optional<String>> answer = pins.objection(destination, fixed, addresses, HERE);
    runAll();
    return answer.getNow();
  }

  private void runAll() {
    for (Runnable task = blocking.poll(); task != null; task = blocking.poll()) {
      task.run();
    }
  }

  private static ConnectionRequest named(String host, int port) {
    return request(host, new DestinationAddress.NotResolved(), port);
  }

  private static ConnectionRequest ruled(String host, String address) {
    return request(host, new DestinationAddress.Known(address(address)), 21);
  }

  private static ConnectionRequest literal(String address) {
    return ruled(address, address);
  }

  private static ConnectionRequest request(String host, DestinationAddress address, int port) {
    return new ConnectionRequest(host, address, port, InetAddress.getLoopbackAddress(), "socks");
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
