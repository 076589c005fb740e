package culvert.proxy.ftp.passive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.door.ForwardedBy;
import culvert.proxy.door.OpenConnections;
import culvert.proxy.event.ConnectionRecorder;
import culvert.proxy.event.EndReason;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.Stories;
import culvert.proxy.ftp.Peer;
import culvert.proxy.ftp.data.DataDoor;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.SocketOwner;
import culvert.proxy.upstream.OwnListeners;
import culvert.ssh.BindAddress;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.slf4j.LoggerFactory;

/** Whoever takes a data connection and fails costs that connection, and leaves nobody waiting. */
class DataDefectsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final SocketOwner OWNER = new SocketOwner.Known(1000, 1);

  private final EventLoopGroup loops = NettyTransport.preferred().newGroup("data", 2);
  private final ConnectionLimits limits = new ConnectionLimits(20, 0);
  private final OwnListeners ownListeners = new OwnListeners();
  private final List<EndReason> ends = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Future<?>> known = new CompletableFuture<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(DataDoor.class);

  private volatile Function<Channel, Future<SocketOwner>> owners =
      channel -> channel.eventLoop().newSucceededFuture(OWNER);
  private volatile RuntimeException startDefect;
  private int port; // of the listener
  private volatile Runnable arriving = () -> {};

  @BeforeEach
  void start() {
    log.start();
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aTakerThatFails() throws Exception {
    fails(listen());

    assertThat(ends).containsExactly(EndReason.INTERNAL_ERROR);
    assertThat(known.get(60, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aTakerThatFailsWhereNobodyIsLookedUp() throws Exception {
    fails(listen(new SocketOwner.Unknown()));

    assertThat(ends).containsExactly(EndReason.INTERNAL_ERROR);
    assertThat(known).isNotDone();
  }

  @Test
  void aTakerThatFailsToHearOfTheArrival() throws Exception {
    arriving = DataDefectsTest::fail;
    fails(listen());
  }

  @Test
  void aLookUpOfTheOwnerThatFailsAtOnce() throws Exception {
    DataListener listener = listen();
    owners =
        channel -> {
          throw new IllegalStateException("for the test");
        };
    fails(listener);

    assertThat(known.get(60, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aLookUpOfTheOwnerThatFailsLater() throws Exception {
    DataListener listener = listen();
    CompletableFuture<Promise<SocketOwner>> asked = new CompletableFuture<>();
    owners =
        channel -> {
          Promise<SocketOwner> owner = channel.eventLoop().newPromise();
          asked.complete(owner);
          return owner;
        };
    try (Peer client = connect(listener)) {
      asked.get(60, TimeUnit.SECONDS).setFailure(new IllegalStateException("for the test"));
      assertThat(client.rest()).isEqualTo("RESET");
    }
    assertThatOneDefectIsLogged();
    assertThat(known.get(60, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
    isClosed();
  }

  @Test
  void aStoryThatCannotBegin() throws Exception {
    startDefect = new IllegalStateException("for the test");
    fails(listen());
  }

  @Test
  void aTakerOfWhatComesByARemoteForward() throws Exception {
    Client control =
        new AcceptedClient(
            new Arrival(
                Mockito.mock(DuplexChannel.class),
                new InetSocketAddress(HERE, 4000),
                new InetSocketAddress(HERE, 22),
                Optional.empty()),
            new ConnectionRequest("", new DestinationAddress.NotResolved(), 21, HERE, "door"),
            Optional.empty());
    BindAddress bound = new BindAddress("127.0.0.1", 2121);
    ForwardedBy by =
        new ForwardedBy(
            Mockito.mock(culvert.ssh.SshSession.class), Mockito.mock(SshServer.class), "u", bound);
    PassiveForward forward = new PassiveForward(control, by, new Taker(), listeners().door());
    RemoteForward remote = Mockito.mock(RemoteForward.class);
    Mockito.when(remote.bound()).thenReturn(bound);
    forward.bound(remote);
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(() -> NettyTransport.preferred().newServerSocketChannel())
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(forward.accept(new Originator("127.0.0.1", 4001)).orElseThrow());
                  }
                })
            .bind(HERE, 0)
            .syncUninterruptibly()
            .channel();
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    try (Peer client = new Peer(new Socket(HERE, port))) {
      assertThat(client.rest()).isEqualTo("RESET");
    }
    assertThatOneDefectIsLogged();
    assertThat(ends).containsExactly(EndReason.INTERNAL_ERROR);
    await().until(() -> limits.open() == 0);
  }

  /** Whoever comes is reset, the defect is logged, and nothing is left behind. */
  private void fails(DataListener listener) throws Exception {
    try (Peer client = connect(listener)) {
      assertThat(client.rest()).isEqualTo("RESET");
    }
    assertThatOneDefectIsLogged();
    isClosed();
  }

  private void assertThatOneDefectIsLogged() {
    await().until(() -> !log.list.isEmpty());
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.ERROR);
              assertThat(event.getThrowableProxy()).isNotNull();
              assertThat(event.getKeyValuePairs())
                  .anySatisfy(pair -> assertThat(pair.value).hasToString("internal-error"));
            });
  }

  private void isClosed() {
    await().until(() -> !ownListeners.contains(HERE, port));
    await().until(() -> limits.open() == 0);
  }

  private DataListener listen() throws Exception {
    return listen(OWNER);
  }

  private DataListener listen(SocketOwner owner) throws Exception {
    DataListener.Awaited awaited =
        new DataListener.Awaited(
            HERE, Optional.empty(), loops.next().newSucceededFuture(owner), "door");
    DataListener listener =
        listeners().listen(HERE, awaited, new Taker(), loops.next()).sync().getNow();
    port = listener.address().getPort();
    return listener;
  }

  private DataListeners listeners() {
    ProxyEvents events = Mockito.mock(ProxyEvents.class);
    Mockito.doAnswer(
            started -> {
              if (startDefect != null) {
                throw startDefect;
              }
              return null;
            })
        .when(events)
        .connectionStarted();
    Mockito.doAnswer(ended -> ends.add(ended.getArgument(0)))
        .when(events)
        .connectionEnded(Mockito.any());
    OpenConnections connections = new OpenConnections(Stories.loggedAndCounted(events));
    return new DataListeners(
        NettyTransport.preferred(), loops, new Owners(), limits, connections, ownListeners);
  }

  private static Peer connect(DataListener listener) throws Exception {
    return new Peer(new Socket(HERE, listener.address().getPort()));
  }

  private static void fail() {
    throw new IllegalStateException("for the test");
  }

  private final class Taker implements DataTaker {
    @Override
    public void take(Client client, ConnectionRecorder recorder) {
      fail();
    }

    @Override
    public void arriving(Future<?> isKnown) {
      arriving.run();
      known.complete(isKnown);
    }
  }

  private final class Owners implements ClientOwners {
    @Override
    public Future<SocketOwner> socket(Arrival client) {
      return owners.apply(client.channel());
    }

    @Override
    public Future<Set<String>> users(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }

    @Override
    public Future<Set<String>> applications(Arrival client) {
      return client.channel().eventLoop().newSucceededFuture(Set.of());
    }
  }
}
