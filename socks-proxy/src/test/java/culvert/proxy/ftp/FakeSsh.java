package culvert.proxy.ftp;

import culvert.ssh.BindAddress;
import culvert.ssh.ForwardedConnections;
import culvert.ssh.NettyTransport;
import culvert.ssh.Originator;
import culvert.ssh.RemoteForward;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSecurity;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport;
import culvert.ssh.TcpDialer;
import culvert.ssh.TunnelTarget;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An SSH server that opens plain TCP connections to loopback instead of channels, and fails where a
 * test says so. Channels live on a loop of its own, as those of a real SSH connection do.
 */
final class FakeSsh implements SshTransport {
  private final EventLoop loop;
  private final TcpDialer dialer = new TcpDialer(NettyTransport.preferred(), Map.of());
  private final Map<Integer, Integer> portsBehind = new ConcurrentHashMap<>();
  private final List<Promise<?>> hanging = new CopyOnWriteArrayList<>();
  final List<String> logins = Collections.synchronizedList(new ArrayList<>());
  final List<SshSessionSpec> specs = Collections.synchronizedList(new ArrayList<>());
  final List<TunnelTarget> channels = Collections.synchronizedList(new ArrayList<>());
  final List<BindAddress> forwards = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger leases = new AtomicInteger();
  final Ended ended;
  final AtomicInteger readyAsked = new AtomicInteger();

  /** How long it says that Culvert itself has held up what waits. */
  volatile Duration heldUp = Duration.ZERO;

  @Override
  public Duration heldUp(SshSessionSpec spec) {
    return heldUp;
  }

  /** What it says that the login which waits has left undone. */
  volatile Optional<SshException> unfinished = Optional.empty();

  @Override
  public Optional<SshException> unfinished(SshSessionSpec spec) {
    return unfinished;
  }

  /** Whoever asks waits until the test lets it go. */
  volatile boolean hangs;

  volatile Optional<InetAddress> reachedAt = Optional.empty();

  /** Channels are answered when this completes. */
  volatile Future<?> channelGate;

  volatile SshException reachFailure;
  volatile SshException readyFailure;
  volatile SshException loginFailure;
  volatile SshException channelFailure;
  volatile SshException forwardFailure;

  /** What connected to forwards and was let in. */
  final List<Channel> letIn = new CopyOnWriteArrayList<>();

  /** The user of the last forward that was asked for. */
  volatile ForwardedConnections forwardUser;

  /** Where its channels live. */
  EventLoop loop() {
    return loop;
  }

  FakeSsh(EventLoop loop) {
    this.loop = loop;
    this.ended = new Ended(loop);
    this.channelGate = loop.newSucceededFuture(null);
  }

  /** The end of the connection, which outlives the sessions that use it. */
  static final class Ended extends DefaultPromise<SshException> {
    final AtomicInteger listeners = new AtomicInteger();

    Ended(EventLoop loop) {
      super(loop);
    }

    @Override
    public Promise<SshException> addListener(
        GenericFutureListener<? extends Future<? super SshException>> listener) {
      listeners.incrementAndGet();
      return super.addListener(listener);
    }

    @Override
    public Promise<SshException> removeListener(
        GenericFutureListener<? extends Future<? super SshException>> listener) {
      listeners.decrementAndGet();
      return super.removeListener(listener);
    }
  }

  /** Fails everything that hangs. */
  void letGo(SshException failure) {
    hangs = false;
    List.copyOf(hanging).forEach(promise -> promise.tryFailure(failure));
  }

  /** Leaves channels unanswered until the promise completes. */
  Promise<Void> holdChannels() {
    Promise<Void> gate = loop.newPromise();
    channelGate = gate;
    return gate;
  }

  static SshException failure(SshFailure failure) {
    return new SshException(failure, "ssh server gate:22: " + failure);
  }

  /** A channel to {@code port} leads to {@code real}. */
  void map(int port, int real) {
    portsBehind.put(port, real);
  }

  private <T> Future<T> answer(EventLoop on, SshException failure, T value) {
    if (hangs) {
      Promise<T> promise = on.newPromise();
      hanging.add(promise);
      return promise;
    }
    return failure == null ? on.newSucceededFuture(value) : on.newFailedFuture(failure);
  }

  @Override
  public Preparation prepare(
      SshServer server, InetAddress client, Optional<SshSessionSpec> via, EventLoop on) {
    Future<Void> reached = answer(on, reachFailure, null);
    Future<Void> ready = answer(on, reachFailure != null ? reachFailure : readyFailure, null);
    return new Preparation() {
      @Override
      public Future<Void> reached() {
        return reached;
      }

      @Override
      public Future<Void> ready() {
        readyAsked.incrementAndGet();
        return ready;
      }
    };
  }

  @Override
  public Future<SshSession> connect(SshSessionSpec spec, EventLoop on) {
    String password =
        spec.password().map(p -> ":" + new String(p.copy(), StandardCharsets.UTF_8)).orElse("");
    logins.add(spec.user() + password);
    specs.add(spec);
    SshException failure = reachFailure != null ? reachFailure : loginFailure;
    if (failure == null && !hangs) {
      leases.incrementAndGet();
    }
    return answer(on, failure, new Session());
  }

  @Override
  public void awaitChannelsClosed(Duration patience) {
    // Nothing waits for what is broken off here.
  }

  @Override
  public void close() {}

  private record Forward(Channel listener, BindAddress asked) implements RemoteForward {
    @Override
    public BindAddress bound() {
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      return new BindAddress(asked.host(), port);
    }

    @Override
    public void cancel() {
      listener.close();
    }
  }

  private final class Session implements SshSession {
    private final AtomicInteger released = new AtomicInteger();

    @Override
    public Future<DuplexChannel> openDirectTcpip(
        TunnelTarget target, Originator originator, EventLoop on, ChannelHandler initializer) {
      channels.add(target);
      if (channelFailure != null) {
        return on.newFailedFuture(channelFailure);
      }
      Promise<DuplexChannel> opened = on.newPromise();
      channelGate.addListener(open -> dial(target, initializer, opened));
      return opened;
    }

    private void dial(
        TunnelTarget target, ChannelHandler initializer, Promise<DuplexChannel> opened) {
      int port = portsBehind.getOrDefault(target.port(), target.port());
      dialer
          .dial(
              List.of(InetAddress.getLoopbackAddress()), port, FtpFixture.NEVER, loop, initializer)
          .addListener(
              (Future<DuplexChannel> dialled) -> {
                if (dialled.isSuccess()) {
                  opened.setSuccess(dialled.getNow());
                } else {
                  opened.setFailure(
                      new SshException(
                          SshFailure.TARGET_UNREACHABLE, "channel to " + target + " refused"));
                }
              });
    }

    @Override
    public Future<RemoteForward> requestRemoteForward(
        BindAddress bind, EventLoop on, ForwardedConnections connections) {
      forwards.add(bind);
      forwardUser = connections;
      if (forwardFailure != null) {
        return on.newFailedFuture(forwardFailure);
      }
      Promise<RemoteForward> forwarded = on.newPromise();
      if (hangs) {
        hanging.add(forwarded);
        return forwarded;
      }
      new ServerBootstrap()
          .group(loop)
          .channelFactory(() -> NettyTransport.preferred().newServerSocketChannel())
          .childOption(ChannelOption.AUTO_READ, false)
          .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
          .childHandler(
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  Originator originator =
                      Originator.of((InetSocketAddress) channel.remoteAddress());
                  connections
                      .accept(originator)
                      .ifPresentOrElse(
                          initializer -> {
                            channel.pipeline().addLast(initializer);
                            letIn.add(channel);
                          },
                          channel::close);
                }
              })
          .bind(InetAddress.getLoopbackAddress(), 0)
          .addListener(
              (ChannelFuture bound) -> forwarded.setSuccess(new Forward(bound.channel(), bind)));
      return forwarded;
    }

    @Override
    public SshSecurity security() {
      return new SshSecurity(
          "password", "ssh-ed25519 SHA256:fake", "curve25519-sha256", "aes128-ctr");
    }

    @Override
    public Optional<InetAddress> serverAddress() {
      return reachedAt;
    }

    @Override
    public Future<SshException> ended() {
      return ended;
    }

    @Override
    public void release() {
      if (released.getAndIncrement() == 0) {
        leases.decrementAndGet();
      }
    }
  }
}
