package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.ssh.mina.TransportFixture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.KexState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the embedded channel's clock, which stands still until it is moved. */
class KeyExchangeWatchTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ClientSession session = mock(ClientSession.class);
  private final AtomicInteger frozen = new AtomicInteger();
  private KeyExchangeWatch watch;

  @BeforeEach
  void start() throws IOException {
    channel.freezeTime();
    try (TransportFixture fixture = new TransportFixture()) {
      watch = new KeyExchangeWatch(session, fixture.server().profile(), frozen::incrementAndGet);
    }
    watch.start(channel.eventLoop());
  }

  @AfterEach
  void stop() {
    watch.stop();
    channel.finishAndReleaseAll();
  }

  @Test
  void aServerThatStaysInAKeyExchangeIsFrozenAfterSoManyIntervals() {
    when(session.getKexState()).thenReturn(KexState.RUN);
    intervals(3);
    assertThat(frozen).hasValue(0);
    intervals(1);
    assertThat(frozen).hasValue(1);
  }

  @Test
  void finishedKeyExchangesAreForgotten() {
    when(session.getKexState()).thenReturn(KexState.RUN, KexState.RUN, KexState.RUN, KexState.DONE);
    intervals(4);
    when(session.getKexState()).thenReturn(KexState.INIT);
    intervals(3);
    assertThat(frozen).hasValue(0);
  }

  @Test
  void oneKeyExchangeAfterTheOtherIsNoFrozenServer() {
    when(session.getKexState()).thenReturn(KexState.RUN);
    for (int i = 0; i < 10; i++) {
      intervals(3);
      watch.finished();
    }
    assertThat(frozen).hasValue(0);
  }

  private void intervals(int count) {
    for (int i = 0; i < count; i++) {
      channel.advanceTimeBy(15, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
  }
}
