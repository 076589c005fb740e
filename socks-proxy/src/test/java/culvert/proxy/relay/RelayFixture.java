package culvert.proxy.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import culvert.proxy.event.EndReason;
import culvert.proxy.event.QuietRecorder;
import culvert.ssh.NettyTransport;
import culvert.ssh.TcpDialer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client socket and a server socket with two Netty channels between them, ready to be relayed.
 */
final class RelayFixture implements AutoCloseable {
  final AtomicLong fromClient = new AtomicLong();
  final AtomicLong toClient = new AtomicLong();
  final CompletableFuture<EndReason> ended = new CompletableFuture<>();

  /** Run when the relay tells that the client has ended. */
  volatile Runnable clientEnded = () -> {};

  final BufferBudget budget;
  final Socket client;
  final Socket server;
  final DuplexChannel clientChannel;
  final DuplexChannel upstreamChannel;

  /** Where the two channels live. */
  enum On {
    ONE_LOOP,
    TWO_LOOPS,
    /** The client has moved to the upstream's. */
    ONE_LOOP_IN_THE_END;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final On on;
  private final EventLoopGroup clientLoop;
  private final EventLoopGroup upstreamLoop;
  private final Relay relay;

  RelayFixture(NettyTransport transport, On on, long highWaterMark, long budgetBytes)
      throws Exception {
    this.on = on;
    budget = new BufferBudget(budgetBytes);
    relay = new Relay(budget, highWaterMark);
    clientLoop = transport.newGroup("client", 1);
    upstreamLoop = on == On.ONE_LOOP ? clientLoop : transport.newGroup("upstream", 1);
    CompletableFuture<DuplexChannel> accepted = new CompletableFuture<>();
    Channel listener =
        new ServerBootstrap()
            .group(clientLoop)
            .channelFactory(transport::newServerSocketChannel)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new io.netty.channel.ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(EarlyReads.initializer());
                    accepted.complete((DuplexChannel) channel);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    client = new Socket();
    client.setSoTimeout(20_000);
    client.connect(listener.localAddress(), 5_000);
    clientChannel = accepted.get(60, SECONDS);
    listener.close().sync();
    try (ServerSocket serverSocket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      upstreamChannel =
          new TcpDialer(transport, Map.of())
              .dial(
                  List.of(serverSocket.getInetAddress()),
                  serverSocket.getLocalPort(),
                  Duration.ofSeconds(60),
                  upstreamLoop.next(),
                  EarlyReads.initializer())
              .sync()
              .getNow();
      server = serverSocket.accept();
      server.setSoTimeout(20_000);
    }
  }

  void start() throws Exception {
    if (on == On.ONE_LOOP_IN_THE_END) {
      CompletableFuture<Void> moved = new CompletableFuture<>();
      HomeLoop home = HomeLoop.of(clientChannel);
      home.post(() -> home.moveTo(upstreamChannel.eventLoop(), () -> moved.complete(null)));
      moved.get(60, SECONDS);
    }
    clientChannel
        .eventLoop()
        .submit(
            () ->
                relay.start(
                    clientChannel,
                    upstreamChannel,
                    new Bytes(),
                    new RelayListener() {
                      @Override
                      public void clientEnded() {
                        clientEnded.run();
                      }

                      @Override
                      public void ended(EndReason reason, String detail) {
                        ended.complete(reason);
                      }
                    }))
        .get(60, SECONDS);
  }

  /** As nobody does who has anything to say about it. */
  void closeSockets() throws Exception {
    for (DuplexChannel channel : List.of(clientChannel, upstreamChannel)) {
      channel.eventLoop().submit(() -> channel.unsafe().closeForcibly()).get(60, SECONDS);
    }
  }

  EndReason end() throws Exception {
    return ended.get(20, SECONDS);
  }

  InetSocketAddress clientAddress() {
    return (InetSocketAddress) client.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
    clientLoop.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    upstreamLoop.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  private final class Bytes extends QuietRecorder {
    @Override
    public UUID job() {
      return new UUID(0, 1);
    }

    @Override
    public void fromClient(long bytes) {
      fromClient.addAndGet(bytes);
    }

    @Override
    public void toClient(long bytes) {
      toClient.addAndGet(bytes);
    }

    @Override
    public void ended(EndReason reason, String detail) {
      throw new AssertionError("the relay tells its listener of the end, not the recorder");
    }
  }
}
