package culvert.proxy.door;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import culvert.config.Cidr;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;
import culvert.proxy.socks.SocksDoor;
import culvert.proxy.tunnel.TunnelDoor;
import culvert.ssh.NettyTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that come in a crowd: what they do while it is found out whose they are. */
@Timeout(90)
class LookedUpClientTest {
  private static final List<Cidr> LOCAL = List.of(Cidr.parse("127.0.0.0/8"));
  private static final byte[] SOCKS4_CONNECT = {4, 1, 0, 21, (byte) 192, 0, 2, 1, 0};
  private static final int MOST = 1; // so that everybody is looked up

  private final BlockingQueue<Lookup> lookups = new LinkedBlockingQueue<>();
  private final List<HandshakeFailure> failures = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> received = new CompletableFuture<>();
  private EventLoopGroup loops;

  private record Lookup(Channel channel, Promise<Optional<Object>> user) {
    void answer() {
      user.setSuccess(Optional.of(1000L));
    }
  }

  private Future<Optional<Object>> user(Arrival client) {
    Promise<Optional<Object>> user = client.channel().eventLoop().newPromise();
    lookups.add(new Lookup(client.channel(), user));
    return user;
  }

  private Admission admission() {
    ProxyEvents events = mock(ProxyEvents.class);
    doAnswer(call -> failures.add(call.getArgument(0))).when(events).handshakeFailed(any());
    return new Admission(
        "test",
        AllowFrom.networks(LOCAL),
        new ConnectionLimits(10, 0),
        new BeforeLogin(MOST, this::user),
        events,
        RefusedClients.UNHEARD);
  }

  /** Reads all that the client sends. */
  private void handle(Client client) {
    client.channel().pipeline().addLast(new Collector(received));
    client.accept();
    if (!client.channel().isInputShutdown()) {
      client.channel().read();
    }
  }

  private ChannelHandler tunnel() {
    return new TunnelDoor("test", new Endpoint("files.example", 21), admission(), this::handle);
  }

  private ChannelHandler socks(Duration timeout) {
    return new SocksDoor(
        new ListenerConfig.Socks("test", new Endpoint("127.0.0.1", 0), LOCAL, Map.of()),
        timeout,
        admission(),
        this::handle,
        client -> Optional.empty());
  }

  private Socket connect(NettyTransport transport, ChannelHandler door) throws IOException {
    assumeThat(transport != NettyTransport.EPOLL || Epoll.isAvailable()).isTrue();
    loops = transport.newGroup("test", 1);
    Channel listener =
        TcpListener.bind(transport, loops, "test", new Endpoint("127.0.0.1", 0), door);
    TcpListener.letIn(listener);
    Socket client = new Socket();
    client.connect(listener.localAddress());
    client.setSoTimeout(60_000);
    return client;
  }

  private Lookup lookup() throws InterruptedException {
    Lookup lookup = lookups.poll(60, TimeUnit.SECONDS);
    assertThat(lookup).as("asked who the client is").isNotNull();
    return lookup;
  }

  /** What has happened on the loop so far has been seen to. */
  private void settle(Lookup lookup) throws Exception {
    lookup.channel().eventLoop().submit(() -> {}).get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void aTunnelsClientThatSendsAndClosesLosesNothing(NettyTransport transport) throws Exception {
    try (Socket client = connect(transport, tunnel())) {
      Lookup lookup = lookup();
      client.getOutputStream().write("the whole file".getBytes(US_ASCII));
      client.shutdownOutput();
      lookup.answer();

      assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo("the whole file");
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void aSocksClientThatSendsAndClosesLosesNothing(NettyTransport transport) throws Exception {
    try (Socket client = connect(transport, socks(Duration.ofSeconds(60)))) {
      Lookup lookup = lookup();
      client.getOutputStream().write(SOCKS4_CONNECT);
      client.getOutputStream().write("the whole file".getBytes(US_ASCII));
      client.shutdownOutput();
      lookup.answer();

      assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo("the whole file");
      assertThat(failures).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void aSocksClientThatOnlyClosesHasHungUp(NettyTransport transport) throws Exception {
    try (Socket client = connect(transport, socks(Duration.ofSeconds(60)))) {
      Lookup lookup = lookup();
      client.shutdownOutput();
      lookup.answer();

      await().untilAsserted(() -> assertThat(failures).containsExactly(HandshakeFailure.HUNG_UP));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void aSocksClientThatVanishesHasHungUp(NettyTransport transport) throws Exception {
    Socket client = connect(transport, socks(Duration.ofSeconds(60)));
    Lookup lookup = lookup();
    client.setSoLinger(true, 0);
    client.close();
    settle(lookup);
    lookup.answer();

    await().untilAsserted(() -> assertThat(failures).containsExactly(HandshakeFailure.HUNG_UP));
    settle(lookup);
    assertThat(failures).hasSize(1);
    assertThat(lookup.channel().isOpen()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(value = NettyTransport.class, names = "EPOLL")
  void whoIsGoneBeforeItIsKnownHasHungUp(NettyTransport transport) throws Exception {
    Socket client = connect(transport, tunnel());
    Lookup lookup = lookup();
    client.setSoLinger(true, 0);
    client.close();
    assertThat(lookup.channel().closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
    lookup.answer();

    await().untilAsserted(() -> assertThat(failures).containsExactly(HandshakeFailure.HUNG_UP));
    assertThat(received).isNotDone();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void theDeadlineOfTheHandshakeRunsMeanwhile(NettyTransport transport) throws Exception {
    try (Socket client = connect(transport, socks(Duration.ofMillis(50)))) {
      Lookup lookup = lookup();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
      lookup.answer();
      settle(lookup);
      assertThat(failures).containsExactly(HandshakeFailure.TIMED_OUT);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(NettyTransport.class)
  void whoIsRefusedThenIsToldOfOnce(NettyTransport transport) throws Exception {
    try (Socket client = connect(transport, socks(Duration.ofSeconds(60)))) {
      Lookup first = lookup();
      first.answer();
      settle(first);
      Channel listener = first.channel().parent();
      try (Socket second = new Socket()) {
        second.connect(listener.localAddress());
        second.setSoTimeout(60_000);
        Lookup lookup = lookup();
        lookup.answer();

        assertThat(second.getInputStream().read()).isEqualTo(-1);
        settle(lookup);
        assertThat(failures).containsExactly(HandshakeFailure.TOO_MANY_CONNECTIONS);
      }
      assertThat(first.channel().isOpen()).isTrue();
      assertThat(client.isClosed()).isFalse();
    }
  }

  /** Reads to the end. */
  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> received;

    Collector(CompletableFuture<String> received) {
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      text.append(bytes.toString(US_ASCII));
      bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (((DuplexChannel) context.channel()).isInputShutdown()) {
        received.complete(text.toString());
      } else {
        context.read();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        received.complete(text.toString());
      }
    }
  }
}
