package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import culvert.proxy.CaughtLog;
import culvert.ssh.NotLookedUpException;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamedAddressesTest {
  private static final InetAddress ONE = address("192.0.2.1");
  private static final InetAddress TWO = address("192.0.2.2");

  private final EmbeddedChannel events = new EmbeddedChannel();
  private final EventExecutor loop = events.eventLoop();
  private final Map<String, List<InetAddress>> known = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<Promise<List<InetAddress>>> unanswered = new ArrayList<>();
  private boolean answers = true;
  private long now = 7;
  private final NamedAddresses names =
      new NamedAddresses((host, executor) -> resolve(host, executor), loop, () -> now);

  NamedAddressesTest() {
    events.freezeTime();
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private Future<List<InetAddress>> resolve(String host, EventExecutor executor) {
    asked.add(host);
    Promise<List<InetAddress>> answer = executor.newPromise();
    unanswered.add(answer);
    if (answers) {
      answer(host, answer);
    }
    return answer;
  }

  private void answer(String host, Promise<List<InetAddress>> answer) {
    List<InetAddress> addresses = known.get(host);
    if (addresses == null) {
      answer.setFailure(new UnknownHostException(host));
    } else {
      answer.setSuccess(addresses);
    }
  }

  private void pass(Duration time) {
    for (long left = time.toSeconds(); left > 0; left -= 30) {
      now += TimeUnit.SECONDS.toNanos(30);
      events.advanceTimeBy(30, TimeUnit.SECONDS);
      events.runPendingTasks();
      events.runScheduledPendingTasks();
    }
  }

  private Set<String> standingFor(InetAddress address) {
    Future<Set<String>> names = this.names.standingFor(address, loop);
    events.runPendingTasks();
    assertThat(names.isSuccess()).as("%s", names.cause()).isTrue();
    return names.getNow();
  }

  @Test
  void anAddressHasTheNamesThatResolveToIt() {
    known.put("a.example", List.of(ONE, TWO));
    known.put("b.example", List.of(TWO));
    names.want(Set.of("a.example", "b.example"));

    assertThat(standingFor(ONE)).containsExactly("a.example");
    assertThat(standingFor(TWO)).containsExactlyInAnyOrder("a.example", "b.example");
    assertThat(standingFor(address("192.0.2.3"))).isEmpty();
    assertThat(names.addresses("a.example")).containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void namesAreLookedUpAgainAndAgainAndThoseOfBeforeCountForAnHour() {
    known.put("a.example", List.of(ONE));
    names.want(Set.of("a.example"));
    known.put("a.example", List.of(TWO));
    pass(Duration.ofSeconds(30));

    assertThat(standingFor(TWO)).containsExactly("a.example");
    assertThat(standingFor(ONE)).containsExactly("a.example");
    pass(NamedAddresses.AFTER_CHANGE.plusSeconds(30));
    assertThat(standingFor(TWO)).containsExactly("a.example");
    assertThat(standingFor(ONE)).isEmpty();
  }

  @Test
  void whatCannotBeLookedUpAnyMoreCountsForADayAndIsSaidOnce() {
    known.put("a.example", List.of(ONE));
    names.want(Set.of("a.example", "no.example"));
    try (CaughtLog log = new CaughtLog(NamedAddresses.class)) {
      known.clear();
      pass(NamedAddresses.WITHOUT_ANSWER);
      assertThat(standingFor(ONE)).containsExactly("a.example");
      pass(Duration.ofMinutes(1));
      assertThat(standingFor(ONE)).isEmpty();
      assertThat(log.lines().stream().map(ILoggingEvent::getFormattedMessage))
          .containsExactly(
              "names in rules and destinations: a.example: cannot be looked up any more: its last"
                  + " addresses count for 24 h");
    }

    known.put("a.example", List.of(TWO));
    pass(Duration.ofSeconds(30));
    assertThat(standingFor(TWO)).containsExactly("a.example");
    assertThat(names.addresses("no.example")).isEmpty();
  }

  @Test
  void whatNeverResolvedIsSaidOnceForAllNames() {
    Set<String> none = IntStream.range(0, 7).mapToObj(i -> "no" + i).collect(Collectors.toSet());
    try (CaughtLog log = new CaughtLog(NamedAddresses.class)) {
      names.want(none);
      pass(Duration.ofMinutes(2));
      assertThat(log.lines().stream().map(ILoggingEvent::getFormattedMessage))
          .containsExactly(
              "names in rules and destinations: no0, no1, no2, no3, no4 and 2 more: each does not"
                  + " resolve here, so that no captured connection is known by it");
    }
  }

  @Test
  void whoAsksBeforeNamesAreLookedUpWaitsForThat() {
    answers = false;
    known.put("a.example", List.of(ONE));
    names.want(Set.of("a.example"));
    Future<Set<String>> waiting = names.standingFor(ONE, loop);
    assertThat(waiting.isDone()).isFalse();

    answer("a.example", unanswered.get(0));
    events.runPendingTasks();

    assertThat(waiting.getNow()).containsExactly("a.example");
  }

  @Test
  void butNotForLong() {
    answers = false;
    names.want(Set.of("a.example"));
    Future<Set<String>> waiting = names.standingFor(ONE, loop);

    events.advanceTimeBy(NamedAddresses.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    events.runScheduledPendingTasks();

    assertThat(waiting.cause()).isInstanceOf(NotLookedUpException.class);
  }

  @Test
  void aThreadMayWaitUntilAllAreLookedUpButNotForLong() throws Exception {
    answers = false;
    known.put("a.example", List.of(ONE));
    names.want(Set.of("a.example"));
    names.awaitFirst(Duration.ofMillis(20));
    assertThat(names.addresses("a.example")).isEmpty();

    Thread answering =
        new Thread(
            () -> {
              answer("a.example", unanswered.get(0));
              events.runPendingTasks();
            });
    answering.start();
    names.awaitFirst(Duration.ofSeconds(60));
    assertThat(names.addresses("a.example")).containsExactly(ONE);
    answering.join();
  }

  @Test
  void whatWasNotLookedUpForLackOfRoomIsNotUnknown() {
    answers = false;
    names.want(Set.of("a.example"));
    unanswered.get(0).setFailure(new NotLookedUpException("no room"));
    events.runPendingTasks();

    assertThat(names.standingFor(ONE, loop).isDone()).isFalse();
  }

  @Test
  void namesThatAreNotWantedAnyMoreStandForNothing() {
    known.put("a.example", List.of(ONE));
    known.put("b.example", List.of(ONE));
    names.want(Set.of("a.example", "b.example"));
    names.want(Set.of("b.example"));
    assertThat(standingFor(ONE)).containsExactlyInAnyOrder("a.example", "b.example");
    names.wantOnly(Set.of("b.example"));

    assertThat(standingFor(ONE)).containsExactly("b.example");
    assertThat(names.addresses("a.example")).isEmpty();
    asked.clear();
    pass(Duration.ofMinutes(1));
    assertThat(asked).containsExactly("b.example", "b.example");
  }

  @Test
  void onlySoManyAreLookedUpAtOnce() {
    answers = false;
    names.want(Set.of("a.example"));
    names.want(
        IntStream.range(0, 40)
            .mapToObj(i -> i == 0 ? "a.example" : "n" + i)
            .collect(Collectors.toSet()));
    assertThat(asked).hasSize(NamedAddresses.AT_ONCE);

    for (int i = 0; i < unanswered.size(); i++) {
      answer("unknown", unanswered.get(i));
      events.runPendingTasks();
    }
    assertThat(Set.copyOf(asked)).hasSize(40);
    assertThat(standingFor(ONE)).isEmpty();
  }

  @Test
  void aNameWithEverNewAddressesHasABound() {
    names.want(Set.of("a.example"));
    for (int i = 0; i < 3; i++) {
      int third = i;
      known.put(
          "a.example",
          IntStream.range(0, NameHistory.MAX_ADDRESSES)
              .mapToObj(n -> address("10." + third + "." + n / 256 + "." + n % 256))
              .toList());
      pass(Duration.ofSeconds(30));
    }

    assertThat(names.addresses("a.example"))
        .hasSize(NameHistory.MAX_ADDRESSES)
        .allMatch(address -> address.getAddress()[1] == 2);
  }

  @Test
  void nothingIsLookedUpThatNobodyWantsOrWhenItIsClosed() {
    assertThat(standingFor(ONE)).isEmpty();
    names.want(Set.of("a.example"));
    names.close();
    asked.clear();
    pass(Duration.ofMinutes(5));

    assertThat(asked).isEmpty();
  }
}
