package culvert.proxy.handover;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The connections that were asked for in namespaces, and have not come yet. Thread-safe. */
final class Wishes {
  private static final long PATIENCE_SECONDS = 10;
  private static final int TOKEN_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  /**
   * Somebody who waits for one.
   *
   * @param uid whose namespace it is: nobody else may bring it
   */
  record Waiting(
      long uid, EventLoop loop, ChannelHandler initializer, Promise<DuplexChannel> connected) {

    /** It has come; registered nowhere yet. */
    void take(EpollSocketChannel socket) {
      HandedSockets.relay(socket, loop, initializer)
          .addListener(
              done -> {
                if (!done.isSuccess()) {
                  connected.tryFailure(done.cause());
                } else if (!connected.trySuccess(socket)) {
                  socket.close();
                }
              });
    }
  }

  /**
   * Asks for one.
   *
   * @param ask sends the line
   */
  Future<DuplexChannel> connect(
      InetSocketAddress source,
      InetSocketAddress destination,
      Waiting who,
      Function<String, ChannelFuture> ask) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    waiting.put(token, who);
    Future<?> late =
        who.loop()
            .schedule(
                () ->
                    who.connected()
                        .tryFailure(
                            new IOException("not connected within " + PATIENCE_SECONDS + " s")),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
    who.connected()
        .addListener(
            done -> {
              late.cancel(false);
              waiting.remove(token);
            });
    ask.apply(new Wish(token, source, destination).line())
        .addListener(
            asked -> {
              if (!asked.isSuccess()) {
                who.connected().tryFailure(asked.cause());
              }
            });
    return who.connected();
  }

  /** Who waits for that one of that user's; once. */
  Optional<Waiting> take(String token, long uid) {
    Waiting who = waiting.get(token);
    return who != null && who.uid() == uid && waiting.remove(token, who)
        ? Optional.of(who)
        : Optional.empty();
  }
}
