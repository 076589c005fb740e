package culvert.proxy.redirect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import culvert.config.Endpoint;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.DestinationNames;
import culvert.proxy.door.Admission;
import culvert.proxy.door.AllowFrom;
import culvert.proxy.door.BeforeLogin;
import culvert.proxy.door.Client;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.Refusal;
import culvert.proxy.door.TcpListener;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;
import culvert.proxy.upstream.OwnListeners;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.TcpDialer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real sockets, and somebody else in the place of netfilter. */
@Timeout(90)
class RedirectDoorTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.21", 21);
  private static final int LEFT_BEHIND = 40_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<Client> clients = new LinkedBlockingQueue<>();
  private final List<HandshakeFailure> failures = new CopyOnWriteArrayList<>();
  private final OwnListeners listeners = new OwnListeners();
  private final OutgoingConnections outgoing = new OutgoingConnections();
  private EventLoopGroup loops;

  @BeforeEach
  void start() {
    assumeThat(Epoll.isAvailable()).isTrue();
    loops = NettyTransport.EPOLL.newGroup("test", 2);
  }

  @AfterEach
  void stop() {
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @Test
  void aCapturedClientAsksForWhereItWantedToGo() throws Exception {
    try (Socket client = connect(listen(channel -> SERVER))) {
      Client arrived = next();

      InetAddress here = client.getLocalAddress();
      assertThat(arrived.request())
          .isEqualTo(
              new ConnectionRequest(
                      "192.0.2.21",
                      new DestinationAddress.Known(SERVER.getAddress()),
                      21,
                      here,
                      "test")
                  .withNames(new DestinationNames.NotLookedUp()));
      assertThat(arrived.arrival().peer())
          .isEqualTo(new InetSocketAddress(here, client.getLocalPort()));
      assertThat(arrived.arrival().own()).isEqualTo(SERVER);
      assertThat(arrived.isCaptured()).isTrue();
      assertThat(arrived.namesDestination()).isTrue();
      assertThat(arrived.waitsForAnswer()).isFalse();
    }
  }

  @Test
  @SuppressWarnings("try")
  void whatIsLeftBehindIsToldByItsPort() throws Exception {
    try (Socket client = connect(listen(channel -> SERVER))) {
      assertThat(next().isLeftBehind()).isFalse();
    }
    InetSocketAddress data = new InetSocketAddress(SERVER.getAddress(), LEFT_BEHIND);
    try (Socket client = connect(listen(channel -> data))) {
      assertThat(next().isLeftBehind()).isTrue();
    }
  }

  @Test
  void whatItSendsAtOnceIsTheFirstThatIsReadAndNothingIsAnswered() throws Exception {
    BlockingQueue<String> read = new LinkedBlockingQueue<>();
    try (Socket client = connect(listen(channel -> SERVER))) {
      client.getOutputStream().write("first".getBytes(US_ASCII));
      client.shutdownOutput();
      Client arrived = next();
      arrived
          .channel()
          .eventLoop()
          .submit(
              () -> {
                arrived.channel().pipeline().addLast(new Collecting(read));
                arrived.accept();
                if (!arrived.channel().isInputShutdown()) {
                  arrived.channel().read();
                }
              })
          .sync();

      assertThat(read.poll(20, TimeUnit.SECONDS)).isEqualTo("first");
      arrived.channel().shutdownOutput().sync();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whoIsRefusedIsReset() throws Exception {
    try (Socket client = connect(listen(channel -> SERVER))) {
      next().refuse(Refusal.NOT_ALLOWED);

      assertReset(client);
    }
  }

  @Test
  void whoMayNotComeInIsReset() throws Exception {
    InetSocketAddress listener =
        listen(channel -> SERVER, address -> false, new ConnectionLimits(10, 0));
    try (Socket client = connect(listener)) {
      assertReset(client);
    }
    assertThat(failures).containsExactly(HandshakeFailure.ADDRESS_NOT_ALLOWED);
  }

  @Test
  void whomThereIsNoRoomForIsReset() throws Exception {
    InetSocketAddress listener =
        listen(channel -> SERVER, AllowFrom.THIS_HOST, new ConnectionLimits(1, 0));
    try (Socket first = connect(listener)) {
      next();
      try (Socket second = connect(listener)) {
        assertReset(second);
      }
      assertThat(first.isClosed()).isFalse();
    }
    assertThat(failures).containsExactly(HandshakeFailure.TOO_MANY_CONNECTIONS);
  }

  @Test
  void whoHasConnectedToTheListenerItselfIsReset() throws Exception {
    for (OriginalDestination original :
        List.of(OriginalDestination.REDIRECTED, OriginalDestination.TRANSPARENT)) {
      failures.clear();
      try (Socket client = connect(listen(original))) {
        assertReset(client);
      }
      assertThat(failures).containsExactly(HandshakeFailure.NOT_CAPTURED);
    }
    assertThat(clients).isEmpty();
  }

  @Test
  void whoeverNothingIsKnownOfIsReset() throws Exception {
    InetSocketAddress listener =
        listen(
            channel -> {
              throw new IOException("for the test");
            });
    try (Socket client = connect(listener)) {
      assertReset(client);
    }
    assertThat(failures).containsExactly(HandshakeFailure.NOT_CAPTURED);
  }

  @Test
  void ofACrowdCulvertsOwnConnectionsAloneAreReset() throws Exception {
    InetSocketAddress listener = listen(new ToTheListenerButItself());
    int crowd = 50;
    TcpDialer dialer = new TcpDialer(NettyTransport.EPOLL, Map.of(), outgoing);
    for (int i = 0; i < crowd; i++) {
      dialer.dial(
          List.of(listener.getAddress()),
          listener.getPort(),
          PATIENCE,
          loops.next(),
          new Collecting(new LinkedBlockingQueue<>()));
      connect(listener);
    }

    await().atMost(PATIENCE).until(() -> clients.size() == crowd && failures.size() == crowd);
    assertThat(failures).containsOnly(HandshakeFailure.OWN_CONNECTION);
  }

  @Test
  void noSingleHostIsMeantByTheUnspecifiedAddress() throws Exception {
    InetSocketAddress nowhere = new InetSocketAddress("0.0.0.0", 21);
    try (Socket client = connect(listen(channel -> nowhere))) {
      assertReset(client);
    }
    assertThat(failures).containsExactly(HandshakeFailure.MALFORMED);
  }

  /** Netfilter leads both to where they wanted to go, a port that Culvert does not know as its. */
  private final class ToTheListenerButItself implements OriginalDestination {
    @Override
    public InetSocketAddress of(Channel channel) {
      InetSocketAddress here = (InetSocketAddress) channel.localAddress();
      listeners.remove(here);
      return here;
    }
  }

  private static final class Collecting extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> read;

    Collecting(BlockingQueue<String> read) {
      this.read = read;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      read.add(bytes.toString(US_ASCII));
      bytes.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private InetSocketAddress listen(OriginalDestination original) throws IOException {
    return listen(original, AllowFrom.THIS_HOST, new ConnectionLimits(1000, 0));
  }

  private InetSocketAddress listen(
      OriginalDestination original, AllowFrom allowFrom, ConnectionLimits limits)
      throws IOException {
    ProxyEvents events = mock(ProxyEvents.class);
    doAnswer(call -> failures.add(call.getArgument(0))).when(events).handshakeFailed(any());
    Admission admission =
        new Admission(
            "test", allowFrom, limits, new BeforeLogin(1000), events, RefusedClients.UNHEARD);
    RedirectDoor door =
        new RedirectDoor(
            "test",
            original,
            admission,
            new RedirectDoor.OwnConnections(listeners, outgoing),
            port -> port == LEFT_BEHIND,
            clients::add);
    Channel listener =
        TcpListener.bind(NettyTransport.EPOLL, loops, "test", new Endpoint("127.0.0.1", 0), door);
    InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
    listeners.add(bound);
    TcpListener.letIn(listener);
    return bound;
  }

  private static Socket connect(InetSocketAddress listener) throws IOException {
    Socket client = new Socket(NetUtil.LOCALHOST4, listener.getPort());
    client.setSoTimeout((int) PATIENCE.toMillis());
    return client;
  }

  private Client next() throws InterruptedException {
    Client arrived = clients.poll(20, TimeUnit.SECONDS);
    assertThat(arrived).isNotNull();
    return arrived;
  }

  private static void assertReset(Socket client) {
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
  }
}
