package culvert.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

class AdminConnectionsTest {
  private final AdminConnections connections =
      new AdminConnections(2, ImmediateEventExecutor.INSTANCE);
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

    assertThat(connections.enter(third)).isTrue();

    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isFalse();
  }

  @Test
  void oneThatIsBeingAnsweredStays() {
    connections.answering(first);
    connections.enter(third);
    assertThat(first.isOpen()).isTrue();
    connections.answering(third);

    assertThat(connections.enter(new EmbeddedChannel())).isFalse();

    connections.answered(first);
    assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    assertThat(first.isOpen()).isFalse();
  }

  @Test
  void oneThatHasClosedLeavesRoom() {
    first.close();

    assertThat(connections.enter(third)).isTrue();
    assertThat(second.isOpen()).isTrue();
    connections.asked(first); // too late
    connections.answering(first);
    assertThat(connections.enter(new EmbeddedChannel())).isTrue();
    assertThat(second.isOpen()).isFalse();
  }
}
