package culvert.proxy.service;

import culvert.ssh.NettyTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager, as {@code sd_notify(3)} has it: hears at the datagram socket {@code
 * $NOTIFY_SOCKET} what becomes of this process, which systemd waits for in a unit of {@code
 * Type=notify}. Without the variable nobody hears anything; what cannot be sent is logged and
 * changes nothing. Methods block for a moment.
 */
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final String VARIABLE = "NOTIFY_SOCKET";
  private static final long PATIENCE_SECONDS = 2;

  private final String socket;

  /**
   * @param variables the process's environment
   */
  public ServiceManager(Map<String, String> variables) {
    socket = variables.getOrDefault(VARIABLE, "");
  }

  /**
   * It has started, or has reloaded.
   *
   * @param status one line for people
   */
  public void ready(String status) {
    tell("READY=1\n" + status(status));
  }

  /** It reloads; {@link #ready} follows. */
  public void reloading() {
    // Java's nanoTime is CLOCK_MONOTONIC wherever there is systemd.
    long microseconds = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    tell("RELOADING=1\nMONOTONIC_USEC=" + microseconds + "\n" + status("reloading"));
  }

  /** It has begun to end. */
  public void stopping(String status) {
    tell("STOPPING=1\n" + status(status));
  }

  private static String status(String text) {
    return "STATUS=" + text.replace('\n', ' ');
  }

  private void tell(String message) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      if (!Epoll.isAvailable()) {
        throw new IOException(
            "Netty's epoll is not there; Type=exec does without", Epoll.unavailabilityCause());
      }
      send(message);
    } catch (IOException e) {
      LOG.warn("{}={}: cannot tell the service manager: {}", VARIABLE, socket, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(String message) throws IOException, InterruptedException {
    EventLoopGroup loop = NettyTransport.EPOLL.newGroup("culvert-notify", 1);
    try {
      Channel channel =
          done(new Bootstrap()
                  .group(loop)
                  .channel(EpollDomainDatagramChannel.class)
                  .handler(new ChannelInboundHandlerAdapter())
                  .connect(address()))
              .channel();
      done(channel.writeAndFlush(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8)));
      channel.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } finally {
      loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS)
          .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** A path, or with {@code @} a name in the abstract namespace. */
  private DomainSocketAddress address() throws IOException {
    if (socket.startsWith("@")) {
      return new DomainSocketAddress('\0' + socket.substring(1));
    }
    if (!socket.startsWith("/")) {
      throw new IOException("not a socket that is known here (expected: /PATH or @NAME)");
    }
    return new DomainSocketAddress(socket);
  }

  private static ChannelFuture done(ChannelFuture future) throws IOException, InterruptedException {
    if (!future.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("no answer within " + PATIENCE_SECONDS + " s");
    }
    if (!future.isSuccess()) {
      throw new IOException(reason(future.cause()), future.cause());
    }
    return future;
  }

  private static String reason(@Nullable Throwable cause) {
    return cause instanceof FileNotFoundException || cause == null || cause.getMessage() == null
        ? "no such socket"
        : cause.getMessage();
  }
}
