package culvert.proxy.handover;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.NettyTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is connected for a daemon outside, of which this is the part. */
@EnabledOnOs(OS.LINUX)
class FulfilmentTest {
  private static final int SECONDS = 20;
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir private Path directory;
  private final IoEventLoopGroup outside = NettyTransport.EPOLL.newGroup("outside", 1);
  private final IoEventLoopGroup inside = NettyTransport.EPOLL.newGroup("inside", 1);
  private final BlockingQueue<Object> come = new LinkedBlockingQueue<>();
  private final BlockingQueue<Channel> bringers = new LinkedBlockingQueue<>();
  private Path path;

  @BeforeEach
  void listen() {
    path = directory.resolve("daemon.sock");
    new ServerBootstrap()
        .group(outside)
        .channel(EpollServerDomainSocketChannel.class)
        .childHandler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public boolean isSharable() {
                return true;
              }

              @Override
              public void channelRead(ChannelHandlerContext context, Object read) {
                if (read instanceof ByteBuf bytes) {
                  come.add(bytes.toString(US_ASCII));
                  bytes.release();
                  bringers.add(context.channel());
                } else {
                  come.add(read);
                }
              }
            })
        .bind(new DomainSocketAddress(path.toFile()))
        .syncUninterruptibly();
  }

  @AfterEach
  void close() {
    inside.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    outside.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Read in here, it would be missing out there, where its end looks like that of all. */
  @Test
  void whatComesBeforeTheConnectionIsHandedOverIsLeftInIt() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fulfil(listener.getLocalPort());
      assertThat(next()).isEqualTo(new Opening.Connected(TOKEN).line() + "\n");
      try (Socket client = listener.accept()) {
        client.getOutputStream().write("all of it".getBytes(US_ASCII));
      }
      for (int round = 0; round < 20; round++) {
        inside.submit(() -> {}).await(); // which looks for events between two tasks
      }

      EpollDomainSocketChannel bringer =
          (EpollDomainSocketChannel) bringers.poll(SECONDS, TimeUnit.SECONDS);
      bringer.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
      bringer.writeAndFlush(Unpooled.copiedBuffer(HandoverDialogue.SEND + "\n", US_ASCII));
      FileDescriptor handed = (FileDescriptor) next();
      bringer.close().await();

      assertThat(all(handed)).isEqualTo("all of it");
      handed.close();
    }
  }

  @Test
  void whyThereIsNoConnectionIsSaid() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = listener.getLocalPort();
    }
    fulfil(port);

    assertThat((String) next()).contains(TOKEN).contains("Connection refused");
  }

  private void fulfil(int port) {
    InetAddress here = InetAddress.getLoopbackAddress();
    new Fulfilment(inside, path)
        .fulfil(new Wish(TOKEN, new InetSocketAddress(here, 0), new InetSocketAddress(here, port)));
  }

  private Object next() throws InterruptedException {
    Object found = come.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(found).isNotNull();
    return found;
  }

  private static String all(FileDescriptor socket) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(100);
    int more = socket.read(bytes, bytes.position(), bytes.limit());
    while (more > 0) {
      bytes.position(bytes.position() + more);
      more = socket.read(bytes, bytes.position(), bytes.limit());
    }
    return US_ASCII.decode(bytes.flip()).toString();
  }
}
