package culvert.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.FallbackReason;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.ssh.SshFailure;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class StoryTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 40_000);

  private final AtomicLong nanoTime = new AtomicLong();
  private final List<String> heard = new ArrayList<>();
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
    Story story = stories.start(CLIENT, request("ftp.example"));
    nanoTime.set(Duration.ofMillis(5).toNanos());
    story.tunnelFailed(SshFailure.AUTH_FAILED);
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

  @Test
  void aDataConnectionIsOfItsControlConnectionsJob() {
    Story control = stories.start(CLIENT, request("ftp.example"));
    Story data = stories.start(CLIENT, request("ftp.example"));
    assertThat(control.job()).isEqualTo(control.id());
    assertThat(data.job()).isEqualTo(data.id()).isNotEqualTo(control.id());

    data.belongsTo(control.job());
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
    Story story = stories.start(CLIENT, request("ftp.example"));
    assertThat(story.sshServer()).isEqualTo(Optional.empty());
    assertThat(story.fallback()).isEmpty();
    assertThat(story.rule() + story.action()).isEqualTo("--");
  }

  private static ConnectionRequest request(String host) {
    return new ConnectionRequest(
        host, new DestinationAddress.NotResolved(), 21, CLIENT.getAddress(), "socks");
  }
}
