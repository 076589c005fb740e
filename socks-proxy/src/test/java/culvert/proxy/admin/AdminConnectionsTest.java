package culvert.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdminConnectionsTest {
  private final AtomicLong now = new AtomicLong(-1);
  private final AdminConnections connections =
      new AdminConnections(2, ImmediateEventExecutor.INSTANCE, now::get);
  private final EmbeddedChannel first = new EmbeddedChannel();
  private final EmbeddedChannel second = new EmbeddedChannel();
  private final EmbeddedChannel third = new EmbeddedChannel();

  AdminConnectionsTest() {
    connections.enter(first);
    connections.enter(second);
  }

  @Test
  void theOneThatHasAskedForNothingForTheLongestTimeGoes() {
    connections.asked(first);
    connections.answered(first);

    assertThat(connections.enter(third)).isTrue();

    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isFalse();
  }

  @Test
  void whoHasAskedOnceStaysBeforeAllThatNeverHave() {
    connections.asked(first);
    connections.answered(first);
    for (int i = 0; i < 64; i++) {
      assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    }
    assertThat(first.isOpen()).isTrue();
  }

  @Test
  void ofThoseThatHaveAskedTheEldestAnswersGoes() {
    connections.asked(first);
    connections.asked(second);
    connections.answered(second);
    connections.answered(first);

    assertThat(connections.enter(third)).isTrue();

    assertThat(second.isOpen()).isFalse();
    assertThat(first.isOpen()).isTrue();
  }

  @Test
  void oneThatIsBeingAnsweredStays() {
    connections.asked(first);
    connections.enter(third);
    assertThat(first.isOpen()).isTrue();
    connections.asked(third);

    assertThat(connections.enter(new EmbeddedChannel())).isFalse();

    connections.answered(first);
    assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    assertThat(first.isOpen()).isFalse();
  }

  @Test
  void ofThoseThatAreBeingAnsweredForTooLongTheEldestGoes() {
    connections.asked(second);
    now.addAndGet(AdminConnections.PATIENCE.toNanos());
    connections.asked(first);
    connections.asked(second); // and asks on: that is no new beginning
    assertThat(connections.enter(third)).isFalse();

    now.incrementAndGet();
    assertThat(connections.enter(third)).isTrue();

    assertThat(second.isOpen()).isFalse();
    assertThat(first.isOpen()).isTrue();
    connections.asked(third);
    assertThat(connections.enter(new EmbeddedChannel())).isFalse();
  }

  @Test
  void oneThatHasClosedLeavesRoom() {
    first.close();

    assertThat(connections.enter(third)).isTrue();
    assertThat(second.isOpen()).isTrue();
    connections.asked(first); // too late
    connections.answered(first);
    assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    assertThat(second.isOpen()).isFalse();
  }
}
