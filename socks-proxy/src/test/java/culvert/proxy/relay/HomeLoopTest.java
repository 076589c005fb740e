package culvert.proxy.relay;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.proxy.door.MockAttributes;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HomeLoopTest {
  private final EventLoop first = new DefaultEventLoop();
  private final EventLoop second = new DefaultEventLoop();
  private final Channel channel = mock(Channel.class);
  private HomeLoop home;

  @BeforeEach
  void start() {
    MockAttributes.giveTo(channel);
    home = HomeLoop.of(channel);
  }

  @AfterEach
  void stop() {
    first.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
    second.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
  }

  @Test
  void aChannelHasOne() {
    assertThat(HomeLoop.of(channel)).isSameAs(home);
  }

  @Test
  void isWhereTheChannelIsNow() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    assertThat(ranOn()).isSameAs(first);
    first.submit(() -> when(channel.eventLoop()).thenReturn(second)).get(60, SECONDS);
    assertThat(ranOn()).isSameAs(second);
  }

  private EventLoop ranOn() throws Exception {
    CompletableFuture<EventLoop> on = new CompletableFuture<>();
    assertThat(home.post(() -> on.complete(first.inEventLoop() ? first : second))).isTrue();
    return on.get(60, SECONDS);
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
        .get(60, SECONDS);
  }

  @Test
  void whatIsForLaterDoesNotRunAtOnceButBeforeWhatIsPostedThen() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    first
        .submit(
            () -> {
              StringBuilder ran = new StringBuilder();
              home.postLater(() -> ran.append("later "));
              assertThat(ran).isEmpty();
              home.post(() -> ran.append("then"));
              assertThat(ran).hasToString("later then");
            })
        .get(60, SECONDS);
  }

  @Test
  void aTaskIsFinishedBeforeWhatOthersHavePosted() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    StringBuilder ran = new StringBuilder();
    first
        .submit(
            () -> {
              home.postLater(
                  () -> {
                    ran.append("one ");
                    home.post(() -> ran.append("of one "));
                    ran.append("end of one ");
                  });
              home.postLater(() -> ran.append("two"));
              home.post(() -> {});
            })
        .get(60, SECONDS);
    assertThat(ran).hasToString("one of one end of one two");
  }

  @Test
  void aTaskThatFailsKeepsNobodyBack() throws Exception {
    when(channel.eventLoop()).thenReturn(first);
    CompletableFuture<Void> ran = new CompletableFuture<>();
    first
        .submit(
            () -> {
              home.postLater(
                  () -> {
                    throw new IllegalStateException("as the test wants it");
                  });
              home.postLater(() -> ran.complete(null));
            })
        .get(60, SECONDS);
    ran.get(60, SECONDS);
  }

  @Test
  void whereNothingRunsAnyMoreWhoeverIsLeftMayCall() {
    when(channel.eventLoop()).thenReturn(first);
    first.shutdownGracefully(0, 0, SECONDS).syncUninterruptibly();

    assertThat(home.post(() -> {})).isFalse();
    assertThat(home.postLater(() -> {})).isFalse();
    home.check();
  }

  @Test
  void whateverIsCalledElsewhereIsNoticed() {
    when(channel.eventLoop()).thenReturn(first);
    assertThatThrownBy(home::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not on the loop of");
  }
}
