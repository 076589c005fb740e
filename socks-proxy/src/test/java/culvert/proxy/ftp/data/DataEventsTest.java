package culvert.proxy.ftp.data;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.door.MockAttributes;
import culvert.proxy.event.EndReason;
import culvert.proxy.relay.HomeLoop;
import culvert.ssh.NettyTransport;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class DataEventsTest {
  private final EventLoop loop = NettyTransport.preferred().newGroup("session", 1).next();
  private final DuplexChannel client = Mockito.mock(DuplexChannel.class);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private DataEvents events;

  @BeforeEach
  void home() {
    MockAttributes.giveTo(client);
    Mockito.when(client.eventLoop()).thenReturn(loop);
    events = new DataEvents(HomeLoop.of(client), new Session());
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void everythingIsToldOnTheLoopInOrder() throws Exception {
    events.arriving(loop.newSucceededFuture(null));
    events.started(3, client);
    events.clientEnded(3);
    events.ended(3, client, EndReason.CLIENT_ABORTED);
    events.beforeBreakingOff(3, () -> told.add("closed"));

    settle();
    assertThat(told)
        .containsExactly(
            "arriving",
            "started 3",
            "client ended 3",
            "ended 3 client-aborted",
            "breaking off 3",
            "closed");
  }

  @Test
  void whatIsToldOnTheLoopDoesNotOvertakeWhatWasToldElsewhere() throws Exception {
    CountDownLatch told1 = new CountDownLatch(1);
    Future<?> busy =
        loop.submit(
            () -> {
              told1.await();
              events.clientEnded(1);
              return null;
            });
    events.started(1, client);
    told1.countDown();

    busy.sync();
    assertThat(told).containsExactly("started 1", "client ended 1");
  }

  @Test
  void aSessionThatCatchesUpHearsWhatItsLoopHasNotComeToYet() throws Exception {
    CountDownLatch told1 = new CountDownLatch(1);
    Future<?> reply =
        loop.submit(
            () -> {
              told1.await();
              events.catchUp();
              told.add("reply");
              return null;
            });
    events.clientEnded(1);
    told1.countDown();

    reply.sync();
    settle();
    assertThat(told).containsExactly("client ended 1", "reply");
  }

  @Test
  void whatIsToldMeanwhileComesBehindWhatIsBeingTold() throws Exception {
    loop.submit(
            () ->
                events.beforeBreakingOff(
                    1,
                    () -> {
                      events.started(2, client);
                      told.add("closed");
                    }))
        .sync();

    assertThat(told).containsExactly("breaking off 1", "closed", "started 2");
  }

  @Test
  void oneThatFailsDoesNotKeepTheOthersUp() throws Exception {
    events.beforeBreakingOff(
        1,
        () -> {
          throw new IllegalStateException("for the test");
        });
    events.clientEnded(2);

    settle();
    assertThat(told).containsExactly("breaking off 1", "client ended 2");
  }

  @Test
  void whenTheLoopHasEndedNothingWaitsForIt() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();

    events.beforeBreakingOff(1, () -> told.add("closed"));

    assertThat(told).containsExactly("breaking off 1", "closed");
  }

  private void settle() throws Exception {
    loop.submit(() -> {}).sync();
  }

  private final class Session implements DataSession {
    private void told(String event) {
      assertThat(loop.inEventLoop() || loop.isShutdown()).isTrue();
      told.add(event);
    }

    @Override
    public void arriving(Future<?> known) {
      told("arriving");
    }

    @Override
    public void started(int request, DuplexChannel channel) {
      told("started " + request);
    }

    @Override
    public void clientEnded(int request) {
      told("client ended " + request);
    }

    @Override
    public void ended(int request, DuplexChannel channel, EndReason reason) {
      told("ended " + request + " " + reason);
    }

    @Override
    public void beforeBreakingOff(int request, Runnable then) {
      told("breaking off " + request);
      then.run();
    }
  }
}
