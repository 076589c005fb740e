package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.Mockito.mock;

import culvert.config.Cidr;
import culvert.proxy.CaughtLog;
import culvert.proxy.door.Admission;
import culvert.proxy.door.AllowFrom;
import culvert.proxy.door.BeforeLogin;
import culvert.proxy.door.ClientHandler;
import culvert.proxy.door.ConnectionLimits;
import culvert.proxy.event.ProxyEvents;
import culvert.proxy.event.RefusedClients;
import culvert.ssh.NettyTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whoever connects, and whatever is sent. */
@EnabledOnOs(OS.LINUX)
class ExecDoorTest {
  private static final int SECONDS = 20;
  private static final String HELLO = "culvert-exec 1 listeners=1 program=curl\n";
  private static final String END = "(end)";

  @TempDir private Path directory;
  @RegisterExtension private final CaughtLog log = new CaughtLog(Handover.class);
  private final EventLoopGroup loops = NettyTransport.EPOLL.newGroup("test", 1);
  private final ClientHandler router = mock(ClientHandler.class);
  private Path path;
  private ExecDoor door;

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("exec.sock");
    door = openAt(path);
  }

  private ExecDoor openAt(Path socket) throws IOException {
    Admission admission =
        new Admission(
            ExecDoor.LISTENER,
            AllowFrom.networks(List.of(Cidr.parse("::/0"))),
            new ConnectionLimits(10, 0),
            new BeforeLogin(10),
            ProxyEvents.NONE,
            RefusedClients.UNHEARD);
    return ExecDoor.open(
        socket, new ExecDoor.Clients(admission, router, () -> Cidr.parse("198.19.0.0/16")));
  }

  @AfterEach
  void close() {
    door.close();
    door.release();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** The other side of a handover. */
  private final class Peer {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Channel channel;

    Peer() {
      channel =
          new Bootstrap()
              .group(loops)
              .channel(EpollDomainSocketChannel.class)
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connected) {
                      connected
                          .pipeline()
                          .addLast(
                              new LineBasedFrameDecoder(1000),
                              new StringDecoder(),
                              new StringEncoder(),
                              new SimpleChannelInboundHandler<String>() {
                                @Override
                                protected void channelRead0(
                                    ChannelHandlerContext context, String line) {
                                  heard.add(line);
                                }

                                @Override
                                public void channelInactive(ChannelHandlerContext context) {
                                  heard.add(END);
                                }
                              });
                    }
                  })
              .connect(new DomainSocketAddress(path.toFile()))
              .syncUninterruptibly()
              .channel();
    }

    void sends(Object what) {
      channel.writeAndFlush(what).awaitUninterruptibly();
    }

    String hears() throws InterruptedException {
      return String.valueOf(heard.poll(SECONDS, TimeUnit.SECONDS));
    }
  }

  private UnixChannel listening() {
    return (UnixChannel)
        new io.netty.bootstrap.ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .option(io.netty.channel.ChannelOption.AUTO_READ, false)
            .childHandler(nothing())
            .bind(NetUtil.LOCALHOST4, 0)
            .syncUninterruptibly()
            .channel();
  }

  private UnixChannel datagrams() {
    return (UnixChannel)
        new Bootstrap()
            .group(loops)
            .channel(EpollDatagramChannel.class)
            .option(io.netty.channel.ChannelOption.AUTO_READ, false)
            .handler(nothing())
            .bind(new InetSocketAddress(NetUtil.LOCALHOST4, 0))
            .syncUninterruptibly()
            .channel();
  }

  private static ChannelInitializer<Channel> nothing() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {}
    };
  }

  private static int port(UnixChannel socket) {
    return ((InetSocketAddress) ((Channel) socket).localAddress()).getPort();
  }

  @Test
  void everyUserMayConnect() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-rw-rw-");
  }

  @Test
  void whatWasHandedOverListensUntilTheOtherSideEnds() throws Exception {
    Peer peer = new Peer();
    UnixChannel listener = listening();
    UnixChannel names = datagrams();
    peer.sends(HELLO);
    assertThat(peer.hears()).isEqualTo("send");
    peer.sends(listener.fd());
    peer.sends(names.fd());
    assertThat(peer.hears()).isEqualTo("ready");
    assertThat(log.lines())
        .last()
        .satisfies(
            line -> {
              assertThat(line.getMessage()).isEqualTo("a command has come in");
              assertThat(line.getKeyValuePairs().get(0).toString())
                  .matches("client=\"fd63:756c:7665:7274::[0-9a-f]{1,4}\"");
            });
    int port = port(listener);
    listener.close().awaitUninterruptibly();
    names.close().awaitUninterruptibly();

    try (Socket notCaptured = new Socket(NetUtil.LOCALHOST4, port)) {
      notCaptured.setSoTimeout(SECONDS * 1000);
      assertThatThrownBy(() -> notCaptured.getInputStream().read())
          .as("who has connected to the socket itself is reset")
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reset");
    }
    org.mockito.Mockito.verifyNoInteractions(router);

    peer.channel.close().awaitUninterruptibly();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> new Socket(NetUtil.LOCALHOST4, port).close())
                    .isInstanceOf(ConnectException.class));
  }

  @Test
  void whatIsNoListeningSocketIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "text");
    FileDescriptor text = FileDescriptor.from(file.toFile());
    UnixChannel names = datagrams();
    UnixChannel connected = (UnixChannel) new Peer().channel;
    for (FileDescriptor descriptor : List.of(text, names.fd(), connected.fd())) {
      Peer peer = new Peer();
      peer.sends(HELLO);
      assertThat(peer.hears()).isEqualTo("send");
      peer.sends(descriptor);
      assertThat(peer.hears()).startsWith("refused what was handed over");
      assertThat(peer.hears()).isEqualTo(END);
    }
    text.close();
    names.close();
  }

  @Test
  void descriptorsThatNobodyHasAskedForAreNotEvenSent() throws Exception {
    Peer peer = new Peer();
    UnixChannel names = datagrams();
    assumeTrue(PassRights.set(peer.channel, true), "this needs Linux 6.16");

    assertThat(peer.channel.writeAndFlush(names.fd()).awaitUninterruptibly().cause())
        .hasMessageContaining("Operation not permitted");
    names.close();
  }

  @Test
  void aListeningSocketAnswersNoQuestionsForNames() throws Exception {
    Peer peer = new Peer();
    UnixChannel listener = listening();
    peer.sends(HELLO);
    assertThat(peer.hears()).isEqualTo("send");
    peer.sends(listener.fd());
    peer.sends(listener.fd());

    assertThat(peer.hears()).startsWith("refused what was handed over");
    assertThat(peer.hears()).isEqualTo(END);
    listener.close();
  }

  @Test
  void anotherVersionIsToldWhichIsSpokenHere() throws Exception {
    Peer peer = new Peer();
    peer.sends("culvert-exec 7 whatever\n");

    assertThat(peer.hears()).startsWith("refused version 7 of culvert exec (expected: 1");
    assertThat(peer.hears()).isEqualTo(END);
  }

  @Test
  void aUserHasItsShareAndNoMore() throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < UserShares.MOST_COMMANDS_OF_ONE; i++) {
      Peer peer = new Peer();
      peer.sends(HELLO);
      assertThat(peer.hears()).isEqualTo("send");
      peers.add(peer);
    }

    Peer oneTooMany = new Peer();
    oneTooMany.sends(HELLO);
    assertThat(oneTooMany.hears()).startsWith("refused 64 commands of this user are running");
    assertThat(oneTooMany.hears()).isEqualTo(END);

    peers.get(0).channel.close().awaitUninterruptibly();
    await()
        .untilAsserted(
            () -> {
              Peer next = new Peer();
              next.sends(HELLO);
              assertThat(next.hears()).isEqualTo("send");
            });
  }

  @Test
  void aUsersConnectionsAreBoundedToo() throws Exception {
    for (int i = 0; i < UserShares.MOST_CONNECTIONS_OF_ONE; i++) {
      new Peer();
    }

    assertThat(new Peer().hears()).isEqualTo(END);
  }

  @Test
  void aSocketThatSomebodyListensOnIsLeftAlone() throws Exception {
    assertThatThrownBy(() -> openAt(path)).hasMessageContaining("another Culvert listens there");
    assertThat(Files.exists(path)).isTrue();
  }

  @Test
  void aSocketThatWasLeftBehindIsReplaced() throws Exception {
    Path left = directory.resolve("left");
    try (java.nio.channels.ServerSocketChannel killed =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      killed.bind(java.net.UnixDomainSocketAddress.of(left));
    }
    assertThat(Files.exists(left)).isTrue();

    ExecDoor second = openAt(left);

    assertThat(Files.exists(left)).isTrue();
    second.close();
    second.release();
    assertThat(Files.exists(left)).isFalse();
  }
}
