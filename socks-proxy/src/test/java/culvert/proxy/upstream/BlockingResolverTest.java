package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.Asker;
import culvert.ssh.NotLookedUpException;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockingResolverTest {
  private static final int THREADS = 8;

  /** What one asker gets of them: one before anybody asks who it is, and no more than stay free. */
  private static final int SHARE = 5;

  private final Queue<Runnable> pool = new ArrayDeque<>();
  private final List<String> lookedUp = new ArrayList<>();
  private final Map<String, List<String>> answers = new HashMap<>();
  private final EmbeddedChannel time = new EmbeddedChannel();
  private final BlockingResolver resolver = resolver(pool::add);

  private BlockingResolver resolver(Executor threads) {
    time.freezeTime();
    return new BlockingResolver(threads, this::lookUp, THREADS);
  }

  @AfterEach
  void close() {
    time.close();
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookedUp.add(host);
    if (host.startsWith("unknown")) {
      throw new UnknownHostException(host);
    }
    if (host.startsWith("defect")) {
      throw new IllegalStateException("a defect");
    }
    if (answers.containsKey(host)) {
      return answers.get(host).stream()
          .map(NetUtil::createInetAddressFromIpAddressString)
          .toArray(InetAddress[]::new);
    }
    return new InetAddress[] {InetAddress.getByAddress(host, new byte[] {10, 0, 0, 1})};
  }

  @Test
  void aLiteralIsItselfAndNeedsNoThread() {
    assertThat(resolve("192.0.2.1").getNow()).hasToString("[/192.0.2.1]");
    assertThat(resolve("2001:db8::1").getNow()).hasToString("[/2001:db8:0:0:0:0:0:1]");
    assertThat(pool).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"})
  void whatIsNoHostsAddressIsNoAnswer(String address) {
    assertThat(resolve(address).cause()).isInstanceOf(UnknownHostException.class);

    answers.put("0", List.of(address));
    Future<List<InetAddress>> alone = resolve("0");
    runNext();
    assertThat(alone.cause()).isInstanceOf(UnknownHostException.class);

    answers.put("ftp.example", List.of(address, "192.0.2.1", address));
    Future<List<InetAddress>> besideAnother = resolve("ftp.example");
    runNext();
    assertThat(besideAnother.getNow()).hasToString("[/192.0.2.1]");
  }

  @Test
  void whoeverAsksForANameThatIsBeingLookedUpSharesTheAnswer() {
    Future<List<InetAddress>> first = resolve("ftp.example");
    Future<List<InetAddress>> second = resolve("FTP.Example");
    assertThat(first.isDone()).isFalse();
    runNext();
    assertThat(lookedUp).containsExactly("ftp.example");
    assertThat(first.getNow()).isEqualTo(second.getNow()).hasSize(1);

    resolve("ftp.example");
    runNext();
    assertThat(lookedUp).hasSize(2);
  }

  @Test
  void anUnknownNameFailsAndIsAskedAgain() {
    Future<List<InetAddress>> resolved = resolve("unknown.example");
    runNext();
    assertThat(resolved.cause()).isInstanceOf(UnknownHostException.class);
    resolve("unknown.example");
    assertThat(pool).hasSize(1);
  }

  @Test
  void aDefectOfTheLookupFailsTheNameAndGivesItsThreadBack() {
    for (int i = 0; i < 2 * THREADS; i++) {
      Future<List<InetAddress>> resolved = resolve("defect" + i);
      runNext();
      assertThat(resolved.cause()).isInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void threadsThatAreShutDownAreNoWordOnTheName() {
    BlockingResolver ended =
        resolver(
            task -> {
              throw new RejectedExecutionException("shut down");
            });
    Future<List<InetAddress>> resolved = ended.resolve("ftp.example", time.eventLoop());
    time.runPendingTasks();
    assertThat(resolved.cause()).isInstanceOf(NotLookedUpException.class);
  }

  @Test
  void noMoreAreThreadsThatCannotBeMade() {
    List<Runnable> later = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    BlockingResolver poor =
        resolver(
            task -> {
              if (asked.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              later.add(task);
            });
    Future<List<InetAddress>> resolved = poor.resolve("ftp.example", time.eventLoop());
    time.runPendingTasks();
    assertThat(resolved.cause()).isInstanceOf(NotLookedUpException.class);

    poor.resolve("ftp.example", time.eventLoop());
    assertThat(later).as("its place is free again").hasSize(1);
  }

  // Shares

  @Test
  void oneAskerLeavesThreadsFree() {
    Someone greedy = new Someone("10.0.0.1", "greedy");
    hang(greedy, 100);

    assertThat(pool).hasSize(SHARE);
  }

  @Test
  void whoAsksNextIsNotKeptWaitingByTheNamesOfOthers() {
    hang(new Someone("10.0.0.1", "greedy"), 100);
    hang(new Someone("10.0.0.2", "greedy too"), 100);
    pool.clear(); // they hang for ever

    Future<List<InetAddress>> mine = resolve("ftp.example", new Someone("10.0.0.3", "me"));
    runNext();

    assertThat(mine.getNow()).hasSize(1);
  }

  @Test
  void askersOfOnePlaceAreToldApart() {
    hang(new Someone("127.0.0.1", "uid 1001"), 100);
    pool.clear();

    Future<List<InetAddress>> mine = resolve("ftp.example", new Someone("127.0.0.1", "uid 1002"));
    runNext();

    assertThat(mine.getNow()).hasSize(1);
  }

  @Test
  void whoAsksIsFoundOutOnlyWhereManyComeFromOnePlace() {
    Someone asker = new Someone("127.0.0.1", "uid 1001");
    resolve("ftp.example", asker);
    runNext();
    resolve("ftp.example", asker);
    runNext();

    assertThat(asker.identified).isZero();
    hang(asker, THREADS);
    assertThat(asker.identified).isPositive();
  }

  @Test
  void whatWaitsTakesTurns() {
    hang(new Someone("10.0.0.1", "greedy"), 100);
    resolve("first.example", new Someone("10.0.0.2", "filler"));
    resolve("second.example", new Someone("10.0.0.3", "filler"));
    resolve("third.example", new Someone("10.0.0.4", "filler"));
    assertThat(pool).hasSize(THREADS);
    Future<List<InetAddress>> mine = resolve("ftp.example", new Someone("10.0.0.5", "me"));
    assertThat(pool).as("nothing is left").hasSize(THREADS);

    runNext(); // one of the greedy one's, which has 95 others waiting
    assertThat(pool).hasSize(THREADS);
    runAll(THREADS);

    assertThat(mine.getNow()).hasSize(1);
  }

  @Test
  void beyondItsShareOfTheQueueAnAskerIsRefused() {
    List<Future<List<InetAddress>>> asked =
        hang(new Someone("10.0.0.1", "greedy"), NameQueue.WAITING + THREADS);

    assertThat(asked)
        .filteredOn(Future::isDone)
        .isNotEmpty()
        .allSatisfy(
            refused ->
                assertThat(refused.cause())
                    .isInstanceOf(NotLookedUpException.class)
                    .hasMessageContaining("too many names"));
  }

  // Deadlines

  @Test
  void aNameServerThatDoesNotAnswerIsAWordOnTheName() {
    Future<List<InetAddress>> resolved = resolve("ftp.example");
    advance(BlockingResolver.LOOK_UP.toMillis() - 1);
    assertThat(resolved.isDone()).isFalse();
    advance(1);

    assertThat(resolved.cause())
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no answer from the name server");
  }

  @Test
  void timeInTheQueueIsNone() {
    List<Future<List<InetAddress>>> asked = hang(new Someone("10.0.0.1", "greedy"), THREADS);
    advance(BlockingResolver.IN_QUEUE.toMillis());

    assertThat(asked.get(THREADS - 1).cause())
        .isInstanceOf(NotLookedUpException.class)
        .hasMessageContaining("waited");
    assertThat(asked.get(0).isDone()).as("that runs").isFalse();
  }

  @Test
  void aLookupHasItsWholeTimeHoweverLongItHasWaited() {
    List<Future<List<InetAddress>>> asked = hang(new Someone("10.0.0.1", "greedy"), SHARE + 1);
    Future<List<InetAddress>> last = asked.get(SHARE);
    advance(BlockingResolver.IN_QUEUE.toMillis() - 1);
    runAll(2); // as many threads are free then as it has
    advance(BlockingResolver.LOOK_UP.toMillis() - 1);
    assertThat(last.isDone()).isFalse();
    advance(1);

    assertThat(last.cause()).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void whoComesLaterToALookupThatHangsWaitsAsLong() {
    resolve("ftp.example");
    advance(BlockingResolver.LOOK_UP.toMillis() - 1);
    Future<List<InetAddress>> second = resolve("ftp.example");
    advance(BlockingResolver.LOOK_UP.toMillis() - 1);
    assertThat(second.isDone()).isFalse();
    advance(1);

    assertThat(second.cause()).isInstanceOf(UnknownHostException.class);
    assertThat(pool).as("one thread for a name that hangs").hasSize(1);
  }

  // Nobody waits

  @Test
  void whatNobodyWaitsForAnyMoreIsNotLookedUp() {
    Someone greedy = new Someone("10.0.0.1", "greedy");
    List<Future<List<InetAddress>>> asked = hang(greedy, 20);
    asked.forEach(name -> name.cancel(false));
    time.runPendingTasks();
    runAll();

    assertThat(lookedUp).as("what had begun").hasSize(SHARE);
    assertThat(asked)
        .allSatisfy(a -> assertThat(a.cause()).isInstanceOf(CancellationException.class));
  }

  @Test
  void aNameIsLookedUpForWhoeverStillWaits() {
    Someone greedy = new Someone("10.0.0.1", "greedy");
    hang(greedy, SHARE);
    Future<List<InetAddress>> gone = resolve("ftp.example", greedy);
    Future<List<InetAddress>> stays = resolve("ftp.example", greedy);
    gone.cancel(false);
    time.runPendingTasks();
    runAll();

    assertThat(stays.getNow()).hasSize(1);
  }

  @Test
  void aNameThatSomebodyElseMayLookUpAtOnceIsNotHeldUp() {
    Someone greedy = new Someone("10.0.0.1", "greedy");
    hang(greedy, THREADS);
    Future<List<InetAddress>> theirs = resolve("ftp.example", greedy);
    pool.clear();
    Future<List<InetAddress>> mine = resolve("ftp.example", new Someone("10.0.0.2", "me"));
    runNext();

    assertThat(mine.getNow()).hasSize(1);
    assertThat(theirs.getNow()).hasSize(1);
  }

  private static final class Someone implements Asker {
    private final Object place;
    private final Object who;
    private int identified;

    Someone(Object place, Object who) {
      this.place = place;
      this.who = who;
    }

    @Override
    public Object place() {
      return place;
    }

    @Override
    public void identify(Consumer<Object> answer) {
      identified++;
      answer.accept(who);
    }
  }

  /** Names that are asked for, and not answered until the pool runs. */
  private List<Future<List<InetAddress>>> hang(Someone asker, int names) {
    return IntStream.range(0, names)
        .mapToObj(i -> resolve(asker.who.hashCode() + "-" + i + ".hang.example", asker))
        .toList();
  }

  private Future<List<InetAddress>> resolve(String host, Asker asker) {
    return resolver.onBehalfOf(asker).resolve(host, time.eventLoop());
  }

  private Future<List<InetAddress>> resolve(String host) {
    return resolver.resolve(host, time.eventLoop());
  }

  private void runNext() {
    pool.remove().run();
    time.runPendingTasks();
  }

  private void runAll() {
    runAll(Integer.MAX_VALUE);
  }

  private void runAll(int most) {
    for (int i = 0; i < most && !pool.isEmpty(); i++) {
      runNext();
    }
  }

  private void advance(long millis) {
    time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    time.runScheduledPendingTasks();
    time.runPendingTasks();
  }
}
