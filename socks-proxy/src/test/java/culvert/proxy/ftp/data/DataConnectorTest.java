package culvert.proxy.ftp.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.SshUser;
import culvert.filter.ConnectionRequest;
import culvert.filter.DestinationAddress;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.proxy.door.AcceptedClient;
import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.proxy.door.Refusal;
import culvert.proxy.event.EndReason;
import culvert.proxy.ftp.Peer;
import culvert.proxy.ftp.Recorded;
import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.relay.BufferBudget;
import culvert.proxy.relay.EarlyReads;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.DirectConnector;
import culvert.proxy.upstream.HeldPorts;
import culvert.proxy.upstream.Upstream;
import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshSecurity;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.TcpDialer;
import culvert.ssh.TunnelTarget;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session hears of a data connection, and what becomes of defects. */
class DataConnectorTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final int REQUEST = 7;

  private final EventLoopGroup loops = NettyTransport.preferred().newGroup("data", 2);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Recorded recorder = new Recorded();
  private final CompletableFuture<DuplexChannel> accepted = new CompletableFuture<>();
  private ServerSocket servers;
  private Channel door;
  private Peer client;

  @BeforeEach
  void start() throws Exception {
    servers = new ServerSocket(0, 1, HERE);
    servers.setSoTimeout(60_000);
    door =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(() -> NettyTransport.preferred().newServerSocketChannel())
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(EarlyReads.initializer());
                    accepted.complete((DuplexChannel) channel);
                  }
                })
            .bind(HERE, 0)
            .syncUninterruptibly()
            .channel();
    client = new Peer(new Socket(HERE, ((InetSocketAddress) door.localAddress()).getPort()));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    servers.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void anUploadsEndIsToldBeforeTheServerCanHaveHeardOfIt() throws Exception {
    connect(dialler(), client());
    Peer server = new Peer(servers.accept());
    client.send("up").sendEof();

    assertThat(server.rest()).isEqualTo("upEOF");
    assertThat(told).containsExactly("started 7", "client ended 7");
    server.close();
    await().until(() -> recorder.events.contains("ended completed"));
    assertThat(told).containsExactly("started 7", "client ended 7", "ended 7 completed");
  }

  @Test
  void anUploadThatIsBrokenOffHasNoEndAndIsToldBeforeTheServersEndIsClosed() throws Exception {
    connect(dialler(), client());
    Peer server = new Peer(servers.accept());
    client.send("u");
    assertThat(server.answer()).isEqualTo('u');
    client.reset();

    assertThat(server.rest()).isEqualTo("RESET");
    assertThat(told).containsExactly("started 7", "ended 7 client-aborted", "breaking off 7");
  }

  @Test
  void aDownloadThatTheServerBreaksOffIsNoUploadToAbort() throws Exception {
    connect(dialler(), client());
    Peer server = new Peer(servers.accept()).send("some");
    assertThat(client.answer()).isEqualTo('s');
    server.reset();

    assertThat(client.rest()).endsWith("RESET");
    await().until(() -> recorder.events.contains("ended upstream-aborted"));
    assertThat(told).containsExactly("started 7", "ended 7 upstream-aborted");
  }

  @Test
  void aConnectionThatIsNotMadeEndsToo() throws Exception {
    servers.close();
    Future<Void> answered = connect(dialler(), client());

    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(answered.isSuccess()).isFalse();
    assertThat(client.rest()).isEqualTo("RESET");
    assertThat(told).containsExactly("started 7", "ended 7 upstream-failed");
    assertThat(recorder.events).endsWith("ended upstream-failed");
  }

  @Test
  void aDefectOnTheWayToTheServerEndsTheConnectionOnceAndIsNoOrderlyEnd() throws Exception {
    Future<Void> answered =
        connect(
            (addresses, port, loop, initializer) -> {
              throw new IllegalStateException("for the test");
            },
            client());

    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(answered.cause()).hasMessage("for the test");
    assertThat(client.rest()).isEqualTo("RESET");
    assertThat(told).containsExactly("started 7", "ended 7 internal-error");
    assertThat(ends()).containsExactly("ended internal-error");
  }

  @Test
  void aDefectWhenBothAreThereBreaksBothOffAndAnUploadIsAborted() throws Exception {
    Client fails = new FailingClient(client());
    Future<Void> answered = connect(dialler(), fails);
    Peer server = new Peer(servers.accept());

    assertThat(server.rest()).isEqualTo("RESET");
    assertThat(client.rest()).isEqualTo("RESET");
    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(answered.isSuccess()).isFalse();
    assertThat(told).containsExactly("started 7", "ended 7 internal-error", "breaking off 7");
    assertThat(ends()).containsExactly("ended internal-error");
  }

  @Test
  void dataAreToldToBeTunnelledWhenTheirChannelIsThere() throws Exception {
    Future<Void> answered = connect(tunnel(dialler()), client());
    Peer server = new Peer(servers.accept());
    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    client.sendEof();
    server.close();

    await().until(() -> recorder.events.contains("ended completed"));
    assertThat(recorder.events)
        .containsExactly("routed ftp-data direct", "tunnelled gate:22 joe", "ended completed");
  }

  @Test
  void dataThatNeverGetTheirChannelAreToldOfNoTunnel() throws Exception {
    servers.close();
    Future<Void> answered = connect(tunnel(dialler()), client());

    assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(recorder.events).containsExactly("routed ftp-data direct", "ended upstream-failed");
  }

  @Test
  void aClientThatIsGoneBeforeTheServerIsThereIsToldAsBrokenOff() throws Exception {
    DuplexChannel channel = accepted.get(60, TimeUnit.SECONDS);
    connect(
        (addresses, port, loop, initializer) -> {
          channel.close();
          return dialler().connect(addresses, port, loop, initializer);
        },
        client());
    Peer server = new Peer(servers.accept());

    assertThat(server.rest()).isEqualTo("RESET");
    assertThat(told).containsExactly("started 7", "ended 7 client-aborted", "breaking off 7");
  }

  private List<String> ends() {
    return recorder.events.stream().filter(event -> event.startsWith("ended")).toList();
  }

  private static DirectConnector dialler() {
    TcpDialer dialer = new TcpDialer(NettyTransport.preferred(), Map.of());
    return (addresses, port, loop, initializer) ->
        dialer.dial(addresses, port, Duration.ofSeconds(60), loop, initializer);
  }

  private AcceptedClient client() throws Exception {
    DuplexChannel channel = accepted.get(60, TimeUnit.SECONDS);
    ConnectionRequest request =
        new ConnectionRequest(
            "ftp.example",
            new DestinationAddress.NotResolved(),
            servers.getLocalPort(),
            HERE,
            "door");
    return new AcceptedClient(Arrival.at(channel), request, Optional.empty());
  }

  private Future<Void> connect(DirectConnector direct, Client from) throws Exception {
    return connect(new Upstream.Plain(direct, HERE, HeldPorts.NONE, Optional.empty()), from);
  }

  private static Upstream tunnel(DirectConnector inItsPlace) {
    SshServer server =
        new SshServer(TestProfiles.profile(new SshUser.Fixed("joe"), AuthMethod.PUBLICKEY), "gate");
    return new Upstream.Tunnelled(new Tunnel(inItsPlace), "ftp.example", server, "joe");
  }

  /** An SSH session whose channels lead here. */
  private record Tunnel(DirectConnector inItsPlace) implements SshSession {
    @Override
    public Future<DuplexChannel> openDirectTcpip(
        TunnelTarget target, Originator originator, EventLoop loop, ChannelHandler initializer) {
      return inItsPlace.connect(List.of(HERE), target.port(), loop, initializer);
    }

    @Override
    public Future<RemoteForward> requestRemoteForward(
        BindAddress bind, EventLoop on, ForwardedConnections connections) {
      throw new AssertionError("no remote forwards here");
    }

    @Override
    public SshSecurity security() {
      return new SshSecurity("publickey", "ssh-ed25519 SHA256:x", "mlkem", "aes");
    }

    @Override
    public Optional<InetAddress> serverAddress() {
      return Optional.empty();
    }

    @Override
    public Future<SshException> ended() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void release() {}
  }

  private Future<Void> connect(Upstream upstream, Client from) throws Exception {
    DataConnector connector =
        new DataConnector(
            new UUID(0, 1),
            new Session(),
            upstream,
            new Route.Direct(Optional.of(FtpHandling.STANDARD)),
            new Relay(new BufferBudget(1 << 20)));
    int port = servers.getLocalPort();
    PassiveReply announced = PassiveReply.parse(229, "229 ok (|||" + port + "|)").orElseThrow();
    return from.channel()
        .eventLoop()
        .submit(() -> connector.connect(REQUEST, from, recorder, announced))
        .get(60, TimeUnit.SECONDS);
  }

  /** Has its defect when it is told that it is connected. */
  private record FailingClient(AcceptedClient client) implements Client {
    @Override
    public Arrival arrival() {
      return client.arrival();
    }

    @Override
    public ConnectionRequest request() {
      return client.request();
    }

    @Override
    public Optional<String> user() {
      return client.user();
    }

    @Override
    public void accept() {
      throw new IllegalStateException("for the test");
    }

    @Override
    public void refuse(Refusal refusal) {
      client.refuse(refusal);
    }
  }

  private final class Session implements DataSession {
    @Override
    public void arriving(Future<?> known) {
      told.add("arriving");
    }

    @Override
    public void started(int request, DuplexChannel channel) {
      told.add("started " + request);
    }

    @Override
    public void clientEnded(int request) {
      told.add("client ended " + request);
    }

    @Override
    public void ended(int request, DuplexChannel channel, EndReason reason) {
      told.add("ended " + request + " " + reason);
    }

    @Override
    public void beforeBreakingOff(int request, Runnable then) {
      told.add("breaking off " + request);
      then.run();
    }
  }
}
