package culvert.ssh.mina.connection;

import culvert.config.SshWay;
import culvert.ssh.Asker;
import culvert.ssh.Defects;
import culvert.ssh.OpenedChannel;
import culvert.ssh.Originator;
import culvert.ssh.PlainWords;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.TunnelTarget;
import culvert.ssh.proxy.ProxyException;
import culvert.ssh.proxy.ProxyHandshake;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes the connection under an SSH connection, by the way that its server's profile says.
 * Thread-safe.
 */
public final class ServerDialler {
  /** As OpenSSH has it for connections that it makes itself. */
  private static final Originator NOBODY = new Originator("127.0.0.1", 65535);

  private final ConnectionServices services;
  private final HopSessions hops;

  /** Sessions with the hops. */
  public interface HopSessions {
    /** As {@link culvert.ssh.SshTransport#connect}. */
    Future<HopSession> connect(SshSessionSpec hop, EventLoop loop);

    /** See {@link culvert.ssh.SshTransport#heldUp}. */
    Duration heldUp(SshSessionSpec hop);
  }

  /**
   * A connection to a server.
   *
   * @param channel has a {@link IdleHandler}, and its auto-read is off; its event loop is that of
   *     the hop's connection where there is one
   * @param address empty: a hop or a proxy has resolved the name
   */
  record Dialled(DuplexChannel channel, Optional<InetAddress> address) {}

  public ServerDialler(ConnectionServices services, HopSessions hops) {
    this.services = services;
    this.hops = hops;
  }

  /** A session with the last hop before a server, within that one's own deadlines. */
  Future<HopSession> hop(SshSessionSpec via, EventLoop loop) {
    try {
      return hops.connect(via, loop);
    } catch (RuntimeException e) { // such as a password that is wiped: nobody waits any more
      return loop.newFailedFuture(
          DialFailures.failure(SshFailure.SESSION_ENDED, via.server(), "no session", e));
    }
  }

  /** How long that session has been held up by Culvert itself. */
  Duration hopHeldUp(SshSessionSpec via) {
    return hops.heldUp(via);
  }

  /**
   * Connects. Whoever does not want the connection any more cancels the future, and must do so: the
   * deadline is the caller's.
   *
   * @param hop the session with the hop before the server; released when it has served
   * @param asker on whose behalf names are looked up
   * @param named called when no name has to be looked up here any more: from then on time is the
   *     peer's; not where looking it up has failed
   * @return completes on {@code loop}; fails with {@link SshException}
   */
  Future<Dialled> dial(
      SshServer server, Optional<HopSession> hop, Asker asker, EventLoop loop, Runnable named) {
    Promise<Dialled> dialled = loop.newPromise();
    if (hop.isPresent()) {
      named.run();
      dialThrough(hop.get(), server, loop, dialled);
    } else if (server.profile().way() instanceof SshWay.Proxy proxy) {
      dialBy(proxy, server, asker, loop, named, dialled);
    } else if (server.profile().way() instanceof SshWay.Direct) {
      dialDirectly(server, asker, loop, named, dialled);
    } else {
      throw new IllegalArgumentException(server + ": no session with the hop before it");
    }
    return dialled;
  }

  // Directly

  private void dialDirectly(
      SshServer server, Asker asker, EventLoop loop, Runnable named, Promise<Dialled> dialled) {
    connect(server, addresses(server, asker, loop), server.port(), loop, "", named, dialled)
        .addListener(
            (Future<DuplexChannel> connected) -> {
              if (connected.isSuccess()) {
                InetSocketAddress reached = (InetSocketAddress) connected.getNow().remoteAddress();
                give(new Dialled(connected.getNow(), Optional.of(reached.getAddress())), dialled);
              }
            });
  }

  private Future<List<InetAddress>> addresses(SshServer server, Asker asker, EventLoop loop) {
    if (server.address().isPresent()) {
      return loop.newSucceededFuture(List.of(server.address().get()));
    }
    return server.resolvedHere()
        ? resolve(server.host(), asker, loop)
        : loop.newFailedFuture(new UnknownHostException(server.host()));
  }

  private Future<List<InetAddress>> resolve(String host, Asker asker, EventLoop loop) {
    return services.resolver().onBehalfOf(asker).resolve(host, loop);
  }

  /**
   * Connects to the first address that answers.
   *
   * @param whom stands before the failure's words
   * @param named as above
   * @param dialled hears of failures
   */
  private Future<DuplexChannel> connect(
      SshServer server,
      Future<List<InetAddress>> addresses,
      int port,
      EventLoop loop,
      String whom,
      Runnable named,
      Promise<Dialled> dialled) {
    Promise<DuplexChannel> connected = loop.newPromise();
    dialled.addListener(given -> addresses.cancel(false)); // if the name is still waited for
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            dialled.tryFailure(
                DialFailures.of(server, whom, done.cause(), server.profile().timeouts().connect()));
          }
        });
    FutureListener<List<InetAddress>> known =
        found -> {
          if (!found.isSuccess()) {
            connected.tryFailure(found.cause());
          } else if (!dialled.isDone()) {
            named.run();
            services
                .dialer()
                .dial(
                    found.getNow(),
                    port,
                    server.profile().timeouts().connect(),
                    loop,
                    new IdleHandler())
                .addListener((Future<DuplexChannel> tcp) -> OpenedChannel.passOn(tcp, connected));
          }
        };
    addresses.addListener(Defects.told(known, connected::tryFailure));
    return connected;
  }

  private static void give(Dialled connection, Promise<Dialled> dialled) {
    if (!dialled.trySuccess(connection)) {
      connection.channel().close();
    }
  }

  // Through an upstream proxy

  private void dialBy(
      SshWay.Proxy proxy,
      SshServer server,
      Asker asker,
      EventLoop loop,
      Runnable named,
      Promise<Dialled> dialled) {
    String whom = "proxy " + proxy + ": ";
    Future<List<InetAddress>> addresses = resolve(proxy.address().host(), asker, loop);
    connect(server, addresses, proxy.address().port(), loop, whom, named, dialled)
        .addListener(
            Defects.told(
                (FutureListener<DuplexChannel>)
                    connected -> {
                      if (connected.isSuccess()) {
                        ask(proxy, connected.getNow(), server, whom, dialled);
                      }
                    },
                dialled::tryFailure));
  }

  private static void ask(
      SshWay.Proxy proxy,
      DuplexChannel channel,
      SshServer server,
      String whom,
      Promise<Dialled> dialled) {
    dialled.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel.close(); // given up, by us or by the proxy
          }
        });
    ProxyHandshake.start(channel, proxy.protocol(), target(server), server.port())
        .addListener(
            answered -> {
              if (answered.isSuccess()) {
                give(new Dialled(channel, Optional.empty()), dialled);
              } else {
                dialled.tryFailure(refusedByProxy(server, whom, answered.cause()));
              }
            });
  }

  private static SshException refusedByProxy(SshServer server, String whom, Throwable cause) {
    if (Defects.isOne(cause)) {
      return SshException.of(cause);
    }
    SshFailure failure =
        cause instanceof ProxyException refused ? refused.failure() : SshFailure.NO_ROUTE;
    return DialFailures.failure(failure, server, whom + PlainWords.of(cause), cause);
  }

  /** The name, resolved by whoever connects, unless the rules have decided by an address. */
  private static String target(SshServer server) {
    return server.address().map(NetUtil::toAddressString).orElse(server.host());
  }

  // Through another SSH server

  private static void dialThrough(
      HopSession hop, SshServer server, EventLoop loop, Promise<Dialled> dialled) {
    hop.openCarrier(new TunnelTarget(target(server), server.port()), NOBODY, loop, new Carrier())
        .addListener(
            (Future<DuplexChannel> opened) -> {
              hop.release(); // the channel keeps the session
              if (opened.isSuccess()) {
                give(new Dialled(opened.getNow(), Optional.empty()), dialled);
              } else {
                dialled.tryFailure(refusedByHop(server, opened.cause()));
              }
            });
  }

  /**
   * That the server is not reached is what {@code unreachable} means, whoever says it; that the hop
   * forbids it is the verdict of a verified server.
   */
  private static SshException refusedByHop(SshServer server, Throwable cause) {
    String hop = server.hop().map(SshServer::toString).orElse("hop");
    String message =
        "ssh server " + server + ": through ssh server " + hop + ": " + PlainWords.of(cause);
    SshFailure failure = SshException.of(cause).failure();
    if (failure == SshFailure.TARGET_UNREACHABLE) {
      String words = PlainWords.of(cause).toLowerCase(Locale.ROOT);
      failure =
          words.contains("connection refused")
              ? SshFailure.CONNECTION_REFUSED
              : words.contains("timed out") ? SshFailure.TIMED_OUT : SshFailure.NO_ROUTE;
    }
    return new SshException(failure, message, cause);
  }

  /** The pipeline of a channel that carries an SSH connection. */
  private static final class Carrier extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast(new EndAtEof(), new IdleHandler());
    }
  }

  /** An SSH connection has no half-close: sockets see to that by an option. */
  private static final class EndAtEof extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        ctx.close();
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }
  }
}
