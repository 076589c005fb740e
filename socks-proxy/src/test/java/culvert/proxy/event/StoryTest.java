package culvert.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StoryTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);

  private static final SshCarrier CARRIER = new SshCarrier("ssh:22", "u", Optional.empty());

  private final AtomicLong nanoTime = new AtomicLong();
  private final List<String> heard = new ArrayList<>();
  private boolean elsewhere;
  private final Stories stories =
      new Stories(nanoTime::get, List.of(new Hearing("first"), new Hearing("second")));

  private final class Hearing implements StoryObserver {
    private final String who;

    Hearing(String who) {
      this.who = who;
    }

    @Override
    public void started(Story story) {
      heard.add(who + " started " + story.request().host());
    }

    @Override
    public void fellBack(Story story, String detail) {
      heard.add(who + " fell back " + story.fallback().orElseThrow() + " " + detail);
    }

    @Override
    public void ended(Story story, EndReason reason, String detail) {
      heard.add(who + " ended " + reason + " " + story.duration().toMillis() + "ms");
    }
  }

  @Test
  void everyObserverHearsOfEverythingOnce() {
    Story story = start();
    nanoTime.set(Duration.ofMillis(5).toNanos());
    story.tunnelFailed(failure());
    story.fellBack(FallbackReason.AUTH_FAILED, "no");
    story.ended(EndReason.COMPLETED, "");
    nanoTime.set(Duration.ofMillis(50).toNanos());
    story.ended(EndReason.CLIENT_ABORTED, "again");

    assertThat(heard)
        .containsExactly(
            "first started ftp.example",
            "second started ftp.example",
            "first fell back auth-failed no",
            "second fell back auth-failed no",
            "first ended completed 5ms",
            "second ended completed 5ms");
    assertThat(story.duration()).hasMillis(5);
  }

  static Stream<Arguments> mutators() {
    return Stream.of(
        arguments("belongsTo", told(story -> story.belongsTo(UUID.randomUUID(), 1))),
        arguments("routed", told(story -> story.routed(request("other"), "rule", "direct"))),
        arguments(
            "destinationNamed",
            told(story -> story.destinationNamed(request("other"), "rule", "direct"))),
        arguments("tunnelled", told(story -> story.tunnelled(CARRIER))),
        arguments("tunnelFailed", told(story -> story.tunnelFailed(failure()))),
        arguments("fellBack", told(story -> story.fellBack(FallbackReason.AUTH_FAILED, "no"))),
        arguments("keptFromPlaintext", told(Story::keptFromPlaintext)),
        arguments("ownerAsked", told(Story::ownerAsked)),
        arguments("ownedBy", told(story -> story.ownedBy(ClientProgram.UNKNOWN))),
        arguments(
            "inPlaintext", told(story -> story.inPlaintext(CLIENT.getAddress(), Optional.empty()))),
        arguments("ftpBegins", told(Story::ftpBegins)),
        arguments("ftpUser", told(story -> story.ftpUser("u"))),
        arguments("ftpLoggedIn", told(story -> story.ftpLoggedIn("u"))),
        arguments("ftpUnreadable", told(Story::ftpUnreadable)),
        arguments(
            "transferAsked",
            told(story -> story.transferAsked(new FtpTransfer(1, 1, "RETR", "x")))),
        arguments("transferAnswered", told(story -> story.transferAnswered(1, 226))),
        arguments("refused", told(story -> story.refused(RefusedWhy.RULE, "no"))),
        arguments("fromClient", told(story -> story.fromClient(1))),
        arguments("toClient", told(story -> story.toClient(1))),
        arguments("ended", told(story -> story.ended(EndReason.COMPLETED, ""))));
  }

  private static SshException failure() {
    return new SshException(SshFailure.AUTH_FAILED, "no");
  }

  private static Consumer<Story> told(Consumer<Story> what) {
    return what;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutators")
  void whatIsToldElsewhereIsNoticedBeforeAnythingChanges(String name, Consumer<Story> tell) {
    Story story = start();
    heard.clear();
    elsewhere = true;

    assertThatThrownBy(() -> tell.accept(story)).isInstanceOf(AssertionError.class);
    assertThat(heard).isEmpty();
    assertThat(story.rule() + story.bytesFromClient() + story.bytesToClient()).isEqualTo("-00");
    assertThat(story.job()).isEqualTo(story.id());
    elsewhere = false;
    tell.accept(story);
  }

  @Test
  void everyMutatorIsAmongThem() {
    assertThat(mutators().map(mutator -> mutator.get()[0]))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ConnectionRecorder.class.getMethods())
                .filter(method -> method.getReturnType() == void.class)
                .map(Method::getName)
                .toList());
  }

  @Test
  void aDataConnectionIsOfItsControlConnectionsJob() {
    Story control = start();
    Story data = start();
    assertThat(control.job()).isEqualTo(control.id());
    assertThat(data.job()).isEqualTo(data.id()).isNotEqualTo(control.id());

    data.belongsTo(control.job(), 1);
    assertThat(data.job()).isEqualTo(control.id());
    assertThat(data.id()).isNotEqualTo(control.id());
  }

  @Test
  void idsSortByTimeEvenWhenTheClockIsSetBack() {
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.ofEpochMilli(1_000));
    StoryIds ids = new StoryIds(clock::get, RandomGenerator.getDefault());
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) { // more than a millisecond has places for
      made.add(ids.next().toString());
    }
    clock.set(Instant.ofEpochMilli(500));
    made.add(ids.next().toString());
    clock.set(Instant.parse("2026-11-30T12:00:00Z"));
    UUID later = ids.next();
    made.add(later.toString());

    assertThat(made).isSorted().doesNotHaveDuplicates();
    assertThat(later.version()).isEqualTo(7);
    assertThat(later.variant()).isEqualTo(2);
    assertThat(later.getMostSignificantBits() >>> 16)
        .isEqualTo(Instant.parse("2026-11-30T12:00:00Z").toEpochMilli());
  }

  @Test
  void twoProcessesMakeNoIdTwice() {
    Instant same = Instant.parse("2026-11-30T12:00:00Z");
    StoryIds here = new StoryIds(() -> same, new SecureRandom());
    StoryIds there = new StoryIds(() -> same, new SecureRandom());
    TreeSet<UUID> all = new TreeSet<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(here.next());
      all.add(there.next());
    }
    assertThat(all).hasSize(2_000);
  }

  @Test
  void nothingIsKnownBeforeItIsTold() {
    Story story = start();
    assertThat(story.carrier()).isEmpty();
    assertThat(story.fallback()).isEmpty();
    assertThat(story.rule() + story.action()).isEqualTo("--");
  }

  private Story start() {
    return stories.start(CLIENT, Optional.empty(), request("ftp.example"), this::onItsLoop);
  }

  private void onItsLoop() {
    assertThat(elsewhere).isFalse();
  }

  private static ConnectionRequest request(String host) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), 21, CLIENT.getAddress(), "socks");
  }
}
