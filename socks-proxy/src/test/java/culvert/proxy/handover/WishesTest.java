package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class WishesTest {
  private static final long OWNER = 1000;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Wishes wishes = new Wishes();
  private Wish asked;

  private Future<DuplexChannel> connect(ChannelFuture sent) {
    Function<String, ChannelFuture> ask =
        line -> {
          asked = Wish.parse(line).orElseThrow();
          return sent;
        };
    return wishes.connect(
        new InetSocketAddress("192.0.2.1", 20),
        new InetSocketAddress("192.0.0.8", 4711),
        new Wishes.Waiting(
            OWNER,
            channel.eventLoop(),
            Mockito.mock(ChannelHandler.class),
            channel.eventLoop().newPromise()),
        ask);
  }

  @Test
  void nobodyButItsUserBringsAConnectionAndOnce() {
    connect(channel.newSucceededFuture());

    assertThat(wishes.take(asked.token(), OWNER + 1)).isEmpty();
    assertThat(wishes.take("0123456789abcdef0123456789abcdef", OWNER)).isEmpty();
    assertThat(wishes.take(asked.token(), OWNER)).isPresent();
    assertThat(wishes.take(asked.token(), OWNER)).isEmpty();
  }

  @Test
  void whoCannotBeAskedBringsNothing() {
    Future<DuplexChannel> connected = connect(channel.newFailedFuture(new IOException("closed")));

    assertThat(connected.cause()).hasMessage("closed");
    assertThat(wishes.take(asked.token(), OWNER)).isEmpty();
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedForForEver() {
    channel.freezeTime();
    Future<DuplexChannel> connected = connect(channel.newSucceededFuture());

    channel.advanceTimeBy(9, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(connected.isDone()).isFalse();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(connected.cause()).hasMessage("not connected within 10 s");
    assertThat(wishes.take(asked.token(), OWNER)).isEmpty();
  }
}
