package culvert.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HomeLoopTest {
  private final EventLoop first = new DefaultEventLoop();
  private final EventLoop second = new DefaultEventLoop();
  private final Channel channel = mock(Channel.class);
  private final HomeLoop home = HomeLoop.of(channel);

  @AfterEach
  void stop() {
    first.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    second.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void isWhereTheChannelIsNow() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    assertThat(ranOn()).isSameAs(first);
    when(channel.eventLoop()).thenReturn(second);
    assertThat(ranOn()).isSameAs(second);
  }

  private EventLoop ranOn() throws Exception {
    CompletableFuture<EventLoop> on = new CompletableFuture<>();
    assertThat(home.post(() -> on.complete(first.inEventLoop() ? first : second))).isTrue();
    return on.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aTaskRunsAtOnceWhereItIsHere() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    first
        .submit(
            () -> {
              boolean[] ran = {false};
              home.post(() -> ran[0] = true);
              assertThat(ran[0]).isTrue();
              home.check();
            })
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void whereNothingRunsAnyMoreWhoeverIsLeftMayCall() {
    when(channel.eventLoop()).thenReturn(first);
    first.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();

    assertThat(home.post(() -> {})).isFalse();
    home.check();
  }

  @Test
  void whateverIsCalledElsewhereIsNoticed() {
    when(channel.eventLoop()).thenReturn(first);
    assertThatThrownBy(home::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not on the loop of");
  }

  @Test
  void aLoopThatHasEndedRunsNothing() {
    when(channel.eventLoop()).thenReturn(first);
    first.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    assertThat(home.post(() -> {})).isFalse();
  }
}
