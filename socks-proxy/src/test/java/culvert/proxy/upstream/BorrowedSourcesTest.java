package culvert.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.TcpDialer;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class BorrowedSourcesTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.21", 20);
  private static final InetSocketAddress SERVER_6 = new InetSocketAddress("2001:db8::21", 20);
  private static final InetSocketAddress CLIENT = new InetSocketAddress(NetUtil.LOCALHOST4, 4000);
  private static final InetSocketAddress CLIENT_6 = new InetSocketAddress(NetUtil.LOCALHOST6, 4000);
  private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("203.0.113.1", 4000);

  private final TcpDialer dialer = mock(TcpDialer.class);
  private final Answers answers = new Answers();
  private final BorrowedSources sources = new BorrowedSources(dialer, answers);
  private EventLoopGroup loops;
  private EventLoop loop;

  @BeforeEach
  void start() {
    assumeThat(Epoll.isAvailable()).isTrue();
    loops = NettyTransport.EPOLL.newGroup("test", 1);
    loop = loops.next();
  }

  @AfterEach
  void stop() {
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @Test
  void whatDoesNotWorkIsNotTriedAgainForItsFamily() throws Exception {
    fail(new ConnectTimeoutException("for the test"));
    fail(new IOException("is not asked again"));

    verify(dialer, times(1)).dialFrom(any(), any(), any(), any(), any());
    sources.connect(SERVER_6, CLIENT_6, loop, new ChannelInboundHandlerAdapter()).await();
    verify(dialer, times(2)).dialFrom(any(), any(), any(), any(), any());
  }

  @Test
  void anotherHostThatDoesNotAnswerSaysNothingOfOthers() throws Exception {
    when(dialer.dialFrom(any(), any(), any(), any(), any()))
        .thenReturn(loop.newFailedFuture(new ConnectTimeoutException("for the test")));
    sources.connect(SERVER, ELSEWHERE, loop, new ChannelInboundHandlerAdapter()).await();
    loop.submit(() -> {}).sync();
    sources.connect(SERVER, ELSEWHERE, loop, new ChannelInboundHandlerAdapter()).await();
    verify(dialer, times(1)).dialFrom(any(), any(), any(), any(), any());

    fail(new IOException("for the test"));
    verify(dialer, times(2)).dialFrom(any(), any(), any(), any(), any());
  }

  @Test
  void aProgramThatListensNoMoreSaysNothingOfTheWay() throws Exception {
    fail(new ConnectException("for the test"));
    fail(new ConnectException("for the test"));

    verify(dialer, times(2)).dialFrom(any(), any(), any(), any(), any());
  }

  @Test
  void onNioThereAreNone() {
    assertThat(BorrowedSources.of(NettyTransport.NIO, Map.of(), new OutgoingConnections(), answers))
        .isEmpty();
  }

  /** Whether this process may or may not: nobody brings the answers back. */
  @Test
  void withoutTheRulesOrTheRightItFails() throws Exception {
    try (ServerSocket client = new ServerSocket(0)) {
      Future<DuplexChannel> connected =
          BorrowedSources.of(NettyTransport.EPOLL, Map.of(), new OutgoingConnections(), answers)
              .orElseThrow()
              .connect(
                  SERVER,
                  new InetSocketAddress(NetUtil.LOCALHOST4, client.getLocalPort()),
                  loop,
                  new ChannelInboundHandlerAdapter())
              .await();

      assertThat(connected.cause()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void nothingIsSentBeforeTheAnswersAreKept() throws Exception {
    answers.kept = false;

    assertThat(connect().cause()).hasMessage("not kept, for the test");
    assertThat(connect().cause()).hasMessage("not kept, for the test");

    verify(dialer, never()).dialFrom(any(), any(), any(), any(), any());
    assertThat(answers.told).containsExactly("keep", "keep");
  }

  @Test
  void theyAreReleasedWhenTheConnectionIsClosedOrNeverWas() throws Exception {
    EpollSocketChannel channel = new EpollSocketChannel();
    loop.register(channel).sync();
    when(dialer.dialFrom(any(), any(), any(), any(), any()))
        .thenReturn(loop.newSucceededFuture(channel));

    assertThat(connect().getNow()).isSameAs(channel);
    assertThat(answers.told).containsExactly("keep");
    channel.close().sync();
    loop.submit(() -> {}).sync();
    assertThat(answers.told).containsExactly("keep", "release");

    fail(new ConnectException("for the test"));
    assertThat(answers.told).containsExactly("keep", "release", "keep", "release");
  }

  private Future<DuplexChannel> connect() throws Exception {
    return sources.connect(SERVER, CLIENT, loop, new ChannelInboundHandlerAdapter()).await();
  }

  /** Notes what it is asked. */
  private static final class Answers implements KeptAnswers {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private boolean kept = true;

    @Override
    public Future<Void> keep(Between connection, EventExecutor executor) {
      told.add("keep");
      return kept
          ? executor.newSucceededFuture(null)
          : executor.newFailedFuture(new SocketException("not kept, for the test"));
    }

    @Override
    public void release(Between connection) {
      told.add("release");
    }
  }

  private void fail(Exception cause) throws Exception {
    when(dialer.dialFrom(any(), any(), any(), any(), any()))
        .thenReturn(loop.newFailedFuture(cause));
    Future<DuplexChannel> connected =
        sources.connect(SERVER, CLIENT, loop, new ChannelInboundHandlerAdapter()).await();
    assertThat(connected.cause()).isInstanceOf(IOException.class);
    loop.submit(() -> {}).sync(); // it has heard of that, too
  }
}
